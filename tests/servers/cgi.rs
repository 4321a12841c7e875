//! nginx and `php-cgi -b`.

use server_tests::server::Cgi;

use crate::cases::{self, Head, Kind};

mod one_connection_per_request {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Cgi::new(root, php).children(workers).start(),
        head: Head::NGINX,
    });
}

mod with_connections_kept_alive {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Cgi::new(root, php).children(workers).keepalive().start(),
        head: Head::NGINX,
    });
}

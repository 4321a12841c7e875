//! nginx and PHP-FPM.

use server_tests::server::Fpm;

use crate::cases::{self, Head, Kind};

mod over_a_unix_socket {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Fpm::new(root, php).children(workers).start(),
        head: Head::NGINX,
    });
}

mod over_tcp {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Fpm::new(root, php).children(workers).over_tcp().start(),
        head: Head::NGINX,
    });
}

mod with_connections_kept_alive {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Fpm::new(root, php).children(workers).keepalive().start(),
        head: Head::NGINX,
    });
}

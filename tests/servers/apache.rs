//! Apache with the prefork MPM and `mod_php`.

use server_tests::server::Apache;

use crate::cases::{self, Head, Kind};

const HEAD: Head = Head {
    always: || &["Date", "Server"],
    with_a_body: &["Transfer-Encoding: chunked"],
    withheld: &[],
};

mod plain {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Apache::new(root, php).children(workers).start(),
        head: HEAD,
    });
}

mod with_tls {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Apache::new(root, php).children(workers).tls().start(),
        head: HEAD,
    });
}

mod with_deflate {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Apache::new(root, php).children(workers).deflate().start(),
        head: HEAD,
    });
}

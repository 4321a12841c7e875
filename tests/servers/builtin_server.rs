//! `php -S`.

use server_tests::{binary, server::Builtin};

use crate::cases::{self, Head, Kind};

cases::on!(Kind {
    start: |root, php, workers| match workers {
        1 => Builtin::new(root, php).start(),
        several => Builtin::new(root, php).workers(several).start(),
    },
    head: Head {
        always: || {
            // Up to PHP 8.5 it repeats what the client has called it.
            let repeats_host = binary::php_is_before(8, 6);
            if repeats_host {
                &["Host", "Date", "Connection: close"]
            } else {
                &["Date", "Connection: close"]
            }
        },
        with_a_body: &[],
        withheld: &["Connection"],
    },
});

//! `php -S`.

use server_tests::server::Builtin;

use crate::cases::{self, Head, Kind};

cases::on!(Kind {
    start: |root, php, workers| match workers {
        1 => Builtin::new(root, php).start(),
        several => Builtin::new(root, php).workers(several).start(),
    },
    head: Head {
        always: &["Host", "Date", "Connection: close"],
        with_a_body: &[],
        withheld: &["Connection"],
    },
});

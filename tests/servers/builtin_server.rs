//! `php -S`.

use server_tests::binary;
use server_tests::server::{Builtin, Php};
use server_tests::site::Site;

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

#[test]
fn who_has_set_workers_is_not_told_to_set_them() {
    let site = Site::new().file("advice.php", "<?php echo implode(' ', Sse::doctor()['advice']);");
    for (workers, is_told) in [(0, true), (1, true), (2, false)] {
        let server =
            Builtin::new(&site, Php::with_sse().ini("sse.hub_spawn", "0")).workers(workers).start();
        let advice = server.get("/advice.php").into_text();
        assert_eq!(advice.contains("PHP_CLI_SERVER_WORKERS"), is_told, "{workers}: {advice}");
    }
}

/// Preloading puts functions of a script's where native ones stand, before any request.
#[test]
fn a_preloaded_function_under_the_name_of_a_replaced_one_is_left_alone() {
    let site = Site::new()
        .file("preload.php", "<?php function apache_note($name) { return \"polyfill $name\"; }")
        .file("page.php", "<?php echo ini_get('opcache.preload') ? apache_note('x') : 'none';");
    let preload = site.path("preload.php").display().to_string();
    let php = Php::with_sse()
        .ini("zend_extension", "opcache")
        .ini("opcache.preload", &preload)
        .ini("opcache.preload_user", "root");
    let server = Builtin::new(&site, php).start();
    let body = server.get("/page.php").into_text();
    // Where this PHP has no opcache it preloads nothing.
    assert!(["polyfill x", "none"].contains(&body.as_str()), "{body:?}\n{}", server.log());
}

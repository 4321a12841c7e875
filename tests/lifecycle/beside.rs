//! Whose output belongs to a stream: what the code that opened it echoes, and nothing of anybody else's, be
//! it a page about an exception or what a framework puts behind every response.

use std::path::Path;

use server_tests::server::{Apache, Builtin, Cgi, Fpm, Php, Server};
use server_tests::site::Site;

use crate::served::Served;

type Start = fn(&Path, Php) -> Server;

/// Scripts, and what they send between `ready` and their end.
const SCRIPTS: [(&str, &str, &str); 21] = [
    ("a script's own echo", "$sse = own(); echo MINE;", "mine"),
    ("the echo of a script that holds nothing", "Sse::start()->send('ready'); echo MINE;", "mine"),
    ("the echo of what it calls", "$sse = own(); (fn () => print(MINE))();", "mine"),
    ("the echo of who holds the object", "$sse = own(); function f() { echo MINE; } f();", "mine"),
    ("the echo of an included file", "$sse = own(); include 'echo.php';", "mine"),
    ("the echo of who includes the opener", "include 'open.php'; echo MINE;", "mine"),
    (
        "the echo of a holder after exceptions that were caught",
        "$sse = own(); try { throws(); } catch (Exception) {} echo MINE;",
        "mine",
    ),
    (
        "the echo of an opener that catches",
        "function f() { Sse::start()->send('ready'); try { throws(); } catch (Exception) {} echo MINE; } f();",
        "mine",
    ),
    (
        "a buffer that is left open",
        "$sse = Sse::start(); $sse->send('ready'); ob_start(); echo MINE;",
        "mine",
    ),
    (
        "the echo of a generator's consumer",
        "function g() { $sse = own(); yield MINE; } foreach (g() as $x) echo $x;",
        "mine",
    ),
    (
        "the echo of a fiber",
        "$f = new Fiber(function () { $sse = own(); Fiber::suspend(); echo MINE; }); $f->start(); $f->resume();",
        "mine",
    ),
    (
        "what is sent by a shutdown function",
        "$sse = own(); register_shutdown_function(fn () => $sse->send('mine'));",
        "mine",
    ),
    ("the echo of a callback", "own()->onClose(fn () => print(MINE));", "mine"),
    ("the page behind a response", "(function () { own(); })(); echo PAGE;", ""),
    (
        "the page of an exception that nobody catches",
        "set_exception_handler(fn () => print(PAGE)); $sse = own(); throws();",
        "",
    ),
    (
        "the page of an exception in a helper's caller",
        "set_exception_handler(fn () => print(PAGE)); function f() { $sse = own(); throws(); } f();",
        "",
    ),
    (
        "the page of a framework that catches",
        "function f() { $sse = own(); throws($sse); } try { f(); } catch (Exception $e) { echo PAGE; }",
        "",
    ),
    (
        "the page of a framework that buffers",
        "function f() { $sse = own(); throws($sse); } ob_start(); try { f(); } catch (Exception $e) { echo PAGE; }",
        "",
    ),
    (
        "the page of a shutdown function",
        "$sse = own(); register_shutdown_function(fn () => print(PAGE)); no_such_function();",
        "",
    ),
    (
        "PHP's own words for an error",
        "ini_set('display_errors', '1'); $sse = own(); echo $undefined; throws();",
        "",
    ),
    (
        "PHP's own words for a fatal error",
        "ini_set('display_errors', '1'); $sse = own(); str_repeat('x', 1 << 30);",
        "",
    ),
];

const FUNCTIONS: &str = r#"<?php
    const MINE = "data: mine\n\n";
    const PAGE = "<html>data: page\n\ndata: page\n\n</html>";
    ini_set('display_errors', '1');
    function own(): Sse { $sse = Sse::start(); $sse->send('ready'); return $sse; }
    function throws(mixed ...$arguments): never { throw new Exception('thrown'); }
    "#;

#[track_caller]
fn only_its_own_output_is_in_a_stream(start: Start) {
    let site = Site::new()
        .file("echo.php", "<?php echo MINE;")
        .file("open.php", "<?php Sse::start()->send('ready');");
    for (n, (_, script, _)) in SCRIPTS.iter().enumerate() {
        site.write(&format!("{n}.php"), format!("{FUNCTIONS}{script}"));
    }
    let php = Php::with_sse().ini("zend.exception_ignore_args", "0");
    let served = Served::new(site, php, start);
    let mut wrong = Vec::new();
    for (n, (what, _, data)) in SCRIPTS.iter().enumerate() {
        let body = served.get(&format!("/{n}.php")).into_body();
        let body = String::from_utf8(body).unwrap();
        let event = if data.is_empty() { String::new() } else { format!("data: {data}\n\n") };
        if body != format!(":\ndata: ready\n\n{event}") {
            wrong.push(format!("{what}: {body:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

macro_rules! on_every_server {
    ($($server:ident: $start:expr,)*) => {
        $(#[test]
        fn $server() {
            only_its_own_output_is_in_a_stream($start);
        })*
    };
}

mod only_its_own_output {
    use super::*;

    on_every_server! {
        is_in_a_stream_of_the_builtin_server: |root, php| Builtin::new(root, php).start(),
        is_in_a_stream_of_fpm: |root, php| Fpm::new(root, php).children(1).start(),
        is_in_a_stream_of_cgi: |root, php| Cgi::new(root, php).children(1).start(),
        is_in_a_stream_of_apache: |root, php| Apache::new(root, php).children(1).start(),
    }
}

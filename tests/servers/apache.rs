//! Apache with the prefork MPM and `mod_php`.

use std::process::Command;

use server_tests::binary;
use server_tests::http::Request;
use server_tests::server::{Apache, Php};
use server_tests::site::Site;

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

/// Where PHP's own function cannot switch it off.
mod with_brotli {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| {
            let php = php.ini("disable_functions", "apache_setenv");
            Apache::new(root, php).children(workers).brotli().start()
        },
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

/// A page that a browser asks for, and how its body is coded.
#[track_caller]
fn coding(site: &Site, php: Php, target: &str) -> [(Option<String>, String); 2] {
    let coding = |apache: Apache| {
        let server = apache.children(1).start();
        let request = Request::get(target).header("Accept-Encoding", "gzip, br");
        let response = server.send(&request);
        let coding = response.header("Content-Encoding").map(str::to_owned);
        (coding, String::from_utf8_lossy(&response.into_body()).into_owned())
    };
    [coding(Apache::new(site, php.clone()).deflate()), coding(Apache::new(site, php).brotli())]
}

#[test]
fn the_doctor_tries_whether_compression_can_be_switched_off_and_leaves_it_on() {
    let site = Site::new()
        .file("page.php", "<?php Sse::doctor(); echo str_repeat('a page ', 999);")
        .file("stream.php", "<?php $sse = Sse::start(); $sse->send(Sse::doctor()['advice']);")
        .file("late.php", "<?php header('Content-Type: text/event-stream'); echo ':'; flush();
            file_put_contents(__DIR__ . '/advice', json_encode([Sse::start(), Sse::doctor()['advice']][1]));");
    let php = Php::with_sse().ini("disable_functions", "apache_setenv");
    let [deflate, brotli] = coding(&site, php.clone(), "/page.php");
    assert_eq!([deflate.0, brotli.0].map(Option::unwrap), ["gzip", "br"]);

    let advice = "Apache: nothing, mod_deflate and mod_brotli are switched off for the stream";
    for streamed in coding(&site, php.clone(), "/stream.php") {
        assert_eq!(streamed, (None, format!(":\ndata: [\"{advice}\"]\n\n")));
    }

    let [deflate, brotli] = coding(&site, php, "/late.php");
    assert_eq!([deflate.0, brotli.0].map(Option::unwrap), ["gzip", "br"]);
    let advice = site.read("advice");
    assert!(advice.contains("mod_deflate and mod_brotli are not switched off"), "{advice}");
}

#[test]
fn a_head_of_a_framework_is_not_compressed_either() {
    let script = "<?php
        foreach (Sse::headers() as $name => $value) {
            header(\"$name: $value\");
        }
        echo \": head\\n\";
        flush();
        Sse::start();";
    let site = Site::new().file("stream.php", script);
    for streamed in coding(&site, Php::with_sse(), "/stream.php") {
        assert_eq!(streamed, (None, ": head\n:\nevent\n".to_owned()));
    }
}

/// A client that speaks HTTP/2, and prints the body.
const HTTP_2_CLIENT: &str = "
    const client = require('http2').connect(process.argv[1]);
    const stream = client.request({ ':path': '/stream.php' });
    stream.on('data', data => process.stdout.write(data));
    stream.on('close', () => client.close());";

#[test]
fn over_http_2_the_scripts_own_thread_does_everything() {
    let script = "<?php
        $sse = Sse::start(heartbeat: 0.02);
        $sse->send(Sse::doctor()['heartbeats']);
        usleep(300_000);
        $sse->send($sse->isOpen() ? 'still open' : $sse->stopReason()->value);";
    let site = Site::new().file("stream.php", script);
    let module = binary::apache_modules().join("mod_http2.so");
    // With prefork PHP (since 8.3) takes the main thread's stack for the one in use, and lets no script run.
    let php = Php::with_sse().ini("zend.max_allowed_stack_size", "-1");
    let server = Apache::new(&site, php)
        .children(1)
        .line(&format!("LoadModule http2_module {}", module.display()))
        .line("Protocols h2c http/1.1")
        .start();
    let mut client = Command::new(binary::node());
    client.args(["-e", HTTP_2_CLIENT, &server.url("")]);
    let output = client.output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        ":\ndata: from wait(), on the script's own time: the request came by HTTP/2\n\n\
         data: still open\n\n"
    );
}

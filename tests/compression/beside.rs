//! Compressed streams beside what else would hold a response back, or compress it: PHP's buffers and handlers.

use server_tests::server::Php;

use crate::scene::{ASKED, Scene, brings, ends, name};
use crate::server::Kind;

/// Something that a script sends when the test lets it, and its bytes.
type Step = (&'static str, &'static str);

const SEND: Step = ("$sse->send('sent');", "data: sent\n\n");
const ECHO: Step = (r#"echo "data: echoed\n\n"; $sse->wait(0.001);"#, "data: echoed\n\n");

/// Each event can be decoded when it is sent or echoed, in a stream that begins so, under these settings.
#[track_caller]
fn arrives(beginning: &str, set: fn(Php) -> Php) {
    arrives_in(beginning, &[SEND, ECHO, SEND, ECHO], set);
}

#[track_caller]
fn arrives_in(beginning: &str, steps: &[Step], set: fn(Php) -> Php) {
    let code: Vec<_> = steps.iter().map(|(code, _)| format!("gate(); {code}")).collect();
    let code = code.concat();
    let script = format!("<?php {beginning} {code} gate(); echo \"data: the last\n\n\";");
    for kind in [Kind::Fpm, Kind::Builtin, Kind::Apache, Kind::Cgi] {
        let scene = Scene::with(kind, 1, &[("stream.php", &script)], set);
        let gate = scene.gate("");
        for coding in ASKED {
            let what = format!("{kind:?}, {}", name(coding));
            let mut stream = scene.open("/stream.php", coding);
            brings(&mut stream, b":\n", &what);
            for (_, bytes) in steps {
                gate.release();
                brings(&mut stream, bytes.as_bytes(), &what);
            }
            gate.release();
            ends(&mut stream, b"data: the last\n\n", &what);
        }
    }
}

const START: &str = "$sse = Sse::start(heartbeat: 3600, compress: true);";

#[test]
fn compression_by_php_ini_is_out_of_the_way() {
    arrives(START, |php| php.ini("zlib.output_compression", "1"));
}

#[test]
fn compression_by_the_script_is_out_of_the_way() {
    arrives(&format!("ob_start('ob_gzhandler'); {START}"), |php| php);
}

#[test]
fn buffers_are_out_of_the_way() {
    let before = "ob_start(); ob_start(fn (string $html) => strtoupper($html), 8192); ob_start();";
    arrives(&format!("{before} {START}"), Php::like_in_production);
}

#[test]
fn a_buffer_that_cannot_be_removed_is_passed() {
    let before = "ob_start(null, 0, PHP_OUTPUT_HANDLER_FLUSHABLE);";
    arrives_in(&format!("{before} {START}"), &[SEND, SEND], Php::like_in_production);
}

/// As frameworks send what a controller has returned.
#[test]
fn a_head_that_the_script_sends_itself_may_say_so() {
    let head =
        "foreach (Sse::headers(compress: true) as $name => $value) header(\"$name: $value\");";
    arrives(&format!("{head} $sse = Sse::start(heartbeat: 3600);"), |php| php);
    arrives(&format!("{head} flush(); $sse = Sse::start(heartbeat: 3600);"), |php| php);
}

/// Whoever writes the body then.
#[test]
fn what_is_echoed_behind_such_a_head_is_compressed_and_arrives_when_it_is_flushed() {
    let script = r#"<?php
        foreach (Sse::headers(compress: true) as $name => $value) header("$name: $value");
        foreach (['one', 'two', 'three'] as $word) {
            echo "data: $word\n\n";
            flush();
            gate();
        }"#;
    for kind in [Kind::Fpm, Kind::Builtin, Kind::Apache, Kind::Cgi] {
        let scene = Scene::new(kind, 1, &[("stream.php", script)]);
        let gate = scene.gate("");
        for coding in ASKED {
            let what = format!("{kind:?}, {}", name(coding));
            let mut stream = scene.open("/stream.php", coding);
            for word in ["one", "two", "three"] {
                brings(&mut stream, format!("data: {word}\n\n").as_bytes(), &what);
                gate.release();
            }
            ends(&mut stream, b"", &what);
        }
    }
}

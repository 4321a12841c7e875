//! When a client gets what a script has echoed: `php -S` sends each write at once, with the extension as
//! without it.

use server_tests::patience::soon;
use server_tests::server::{Builtin, Php};
use server_tests::site::Site;

use crate::served::Served;

/// The ways in which a script begins its stream, and in which it is looked after.
const BEGINNINGS: [(&str, &str); 3] = [
    ("nobody's", "header('Content-Type: text/event-stream'); echo \"data: ready\\n\\n\"; flush();"),
    ("adopted", "header('Content-Type: text/event-stream'); echo \"data: ready\\n\\n\"; flush();"),
    ("our own", "$sse = Sse::start(); $sse->send('ready');"),
];

/// The bytes that a script writes without a flush, as a file that holds them.
const WRITES: [&str; 5] = [
    "echo file_get_contents($file);",
    "passthru('cat ' . $file);",
    "file_put_contents('php://output', file_get_contents($file));",
    "fpassthru(fopen($file, 'r'));",
    "readfile($file);",
];

#[test]
fn what_is_echoed_arrives_at_once_on_the_builtin_server() {
    for (whose, begin) in BEGINNINGS {
        for write in WRITES {
            let script = format!(
                "<?php
                $file = __DIR__ . '/event';
                {begin}
                {write}
                fgets(fopen(__DIR__ . '/gate', 'r'));
                echo \"data: late\\n\\n\";"
            );
            let site = Site::new().file("stream.php", script).file("event", "data: written\n\n");
            let gate = site.gate("gate");
            let php = Php::with_sse()
                .ini("sse.heartbeat", "0")
                .ini("sse.adopt", if whose == "adopted" { "1" } else { "0" });
            let served = Served::new(site, php, |root, php| Builtin::new(root, php).start());
            let mut stream = served.get("/stream.php");
            stream.body.read_until(b"data: ready\n\n", soon()).unwrap();
            let written = stream.body.read_until(b"\n\n", soon());
            assert_eq!(written.unwrap(), b"data: written\n\n", "{whose} stream: {write}");
            gate.release();
            assert_eq!(stream.body.read_to_end(soon()).unwrap(), b"data: late\n\n");
        }
    }
}

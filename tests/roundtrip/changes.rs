//! Who applies the patches of `sendChanges()` has the document that was sent, each time.

use std::process::Command;

use serde_json::{Value, json};
use server_tests::binary;
use server_tests::server::{Builtin, Fpm, Php, Server};
use server_tests::site::Site;

use crate::documents::documents;

const COUNT: usize = 3000;

/// Sends the documents behind the one that its client has, and behind each the same one whole. Every few, the stream
/// ends, in one way or another.
const SCRIPT: &str = "<?php
$documents = json_decode(file_get_contents(__DIR__ . '/documents.json'), isset($_GET['arrays']));
$sse = Sse::start(retry: 1);
$types = ['patch', 'other', null];
for ($next = (int) $sse->lastEventId, $sent = 0; $next < count($documents); $next++, $sent++) {
    if ($sent === 150) {
        file_put_contents(__DIR__ . '/ends', \"$next\\n\", FILE_APPEND);
        match ($next % 3) { 0 => $sse->close(), 1 => exit(), 2 => throw new Exception('on purpose') };
    }
    $sse->sendChanges($documents[$next], $types[intdiv($next, 150) % 3], $next);
    $sse->send(json_encode($documents[$next]), 'whole', $next + 1);
}
$sse->close(event: 'end');";

#[test]
fn node_has_each_document_that_is_sent_by_its_changes_behind_nginx() {
    has_each_document(|site| Fpm::new(site, Php::with_sse()).children(2).start());
}

#[test]
fn node_has_each_document_that_is_sent_by_its_changes_from_phps_own_server() {
    has_each_document(|site| Builtin::new(site, Php::with_sse()).start());
}

#[track_caller]
fn has_each_document(start: impl Fn(&Site) -> Server) {
    let site = Site::new()
        .file("stream.php", SCRIPT)
        .file("documents.json", Value::Array(documents(COUNT)).to_string());
    let server = start(&site);
    for target in ["/stream.php", "/stream.php?arrays"] {
        let _ = std::fs::remove_file(site.path("ends"));
        let read = follow(&server.url(target));
        let number = |name: &str| read[name].as_u64().unwrap();
        assert_eq!(read["wrong"], json!([]), "{read}");
        assert_eq!(read["whole"], COUNT, "{read}");
        let ends = site.read("ends").lines().count() as u64;
        assert_eq!(ends, (COUNT as u64 - 1) / 150, "each end of the script");
        assert_eq!(number("opened"), ends + 1, "{read}");
        assert!(number("state") > number("opened"), "no change was beyond a patch: {read}");
        assert!(number("patch") > COUNT as u64 / 2, "{read}");
        assert!(number("state") + number("patch") < COUNT as u64, "each was sent: {read}");
        assert!(number("bytes") * 2 < number("wholeBytes"), "hardly anything was spared: {read}");
    }
}

/// Follows the stream to its end in Node.js; says what was seen.
#[track_caller]
fn follow(url: &str) -> Value {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/roundtrip/changes.mjs");
    let output = Command::new(binary::node()).args([program, url]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{errors}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}

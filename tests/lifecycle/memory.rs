//! Scripts that run out of memory while they are given what is large: nothing of it stays in the worker.

use server_tests::server::{Fpm, Php};
use server_tests::site::Site;

use crate::endurance::{memory_of, only_worker};
use crate::served::Served;

/// Its size in bytes.
const SIZE: u64 = 9_000_000;

/// The values that have to be made for the script, and find no room.
const WAYS: [&str; 4] = [
    "Sse::encode($data)",
    "(string) new SseEvent($data)",
    "(string) new SseEvent([$data])",
    "(new SseParser())->feed($frame)",
];

const SCRIPT: &str = r#"<?php
    $data = str_repeat('x', SIZE);
    $frame = "data: $data\n\n";
    ini_set('memory_limit', 2 * SIZE + 4_000_000);
    register_shutdown_function(fn () => note(error_get_last()['message'] ?? 'nothing is wrong'));
    WAY;
    "#;

/// After so many requests the worker's memory is looked at, and again after so many more.
const WARM_UP: u64 = 3;
const ROUNDS: u64 = 8;

/// The allocator may have kept so many bytes for later: a leak is as large in every round.
const KEPT: u64 = 3 * SIZE;

#[test]
fn what_there_is_no_memory_for_leaves_nothing_behind() {
    for way in WAYS {
        let script = SCRIPT.replace("SIZE", &SIZE.to_string()).replace("WAY", way);
        let site = Site::new().file("stream.php", script).file("small.php", "<?php");
        let served =
            Served::new(site, Php::with_sse(), |root, php| Fpm::new(root, php).children(1).start());
        let mut before = 0;
        for round in 1..=WARM_UP + ROUNDS {
            served.get("/stream.php").into_body();
            let notes = served.site.read("notes");
            let last = notes.lines().last().unwrap_or_default();
            assert!(last.starts_with("Allowed memory size"), "{way}: {notes}");
            if round == WARM_UP {
                before = memory_at_rest(&served);
            }
        }
        let growth = memory_at_rest(&served).saturating_sub(before);
        assert!(growth < KEPT, "{way}: the worker grew by {growth} bytes");
    }
}

/// The bytes that the worker holds when all that it has given away is free: it has answered another request.
#[track_caller]
fn memory_at_rest(served: &Served) -> u64 {
    served.get("/small.php").into_body();
    memory_of(only_worker(served)) * 1024
}

//! Two tabs of one user, where one stream is all that a user may have.

use serde_json::json;
use server_tests::browser::Kind;
use server_tests::hub::HubOf;
use server_tests::in_each_browser;
use server_tests::patience::{soon, wait_for};

use crate::scene::{Served, Window};

in_each_browser![the_older_of_two_tabs_makes_room_and_gives_up];

/// Follows news in the hub's hands or in the worker's, and notes which tab comes, and with which last event ID.
const FOLLOW: &str = "<?php
    note($_GET['tab'] . ' ' . ($_SERVER['HTTP_LAST_EVENT_ID'] ?? 'none'));
    $sse = Sse::start(retry: 50, limitKey: 'ann', limit: 1, onLimit: 'drop-oldest');
    $sse->subscribe('news', handOff: !isset($_GET['stay']));";

const PUBLISH: &str = "<?php exit(Sse::publish('news', $_GET['data']));";

/// The numbers of streams that follow, that have made room, and that are counted.
fn counts(hub: &HubOf) -> [u64; 3] {
    let report = hub.program("status").arg("--json").output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap_or_default();
    let count = |name: &str| report[name].as_u64().unwrap_or_default();
    [count("streams") + count("workers"), count("droppedOldest"), count("limits")]
}

fn the_older_of_two_tabs_makes_room_and_gives_up(kind: Kind) {
    for query in ["", "&stay"] {
        let (served, hub) = Served::with_hub(&[("follow.php", FOLLOW), ("publish.php", PUBLISH)]);
        let window = Window::on(kind, served);
        let open = |tab: &str| {
            let url = format!("/follow.php?tab={tab}{query}");
            window.listen_to(tab, &url, &["message", "reset", "sse:dropped"]);
        };
        let wait_for_counts = |expected: [u64; 3]| {
            let arrived = || (counts(&hub) == expected).then_some(());
            wait_for(&format!("{expected:?}"), soon(), arrived);
        };
        let publish = |data: &str| {
            let response = window.served.server.get(&format!("/publish.php?data={data}"));
            let id = response.into_text();
            json!(["message", data, id])
        };

        open("older");
        wait_for_counts([1, 0, 1]);
        let first = publish("first");
        window.wait_until_seen("older", &json!(["open", first]));
        open("newer");
        window.wait_until_closed("older");
        let left_at = json!({ "lastEventId": first[2] }).to_string();
        let dropped = json!(["sse:dropped", left_at, "sse:dropped"]);
        let end = json!(["open", first, dropped, "error", "error"]);
        window.wait_until_seen("older", &end);

        // The newer one has lost nothing, and is the only one that hears of it.
        wait_for_counts([1, 1, 1]);
        let second = publish("second");
        window.wait_until_seen("newer", &json!(["open", second]));
        window.wait_until_seen("older", &end);
        assert_eq!(window.notes(), "older none\nnewer none\nolder sse:dropped\n", "{query}");
    }
}

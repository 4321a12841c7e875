//! One connection for all tabs of a browser.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::json;
use server_tests::browser::{Kind, Tab};
use server_tests::in_each_browser;
use server_tests::patience::{soon, stretched};
use server_tests::server::Server;

use crate::scene::{Scene, numbers, publish};

in_each_browser![
    all_tabs_have_one_connection_and_another_goes_on_when_the_leader_is_closed,
    a_tab_that_comes_later_gets_what_it_has_missed_from_the_one_connection,
    a_leader_that_is_frozen_or_left_lets_another_go_on_and_comes_back_to_all,
];

/// As many tabs as a test opens, and as many of its leaders as it closes.
fn counts(kind: Kind) -> (usize, usize) {
    if kind == Kind::Chromium { (20, 5) } else { (4, 2) }
}

const STREAM: &str = "/follow.php?topic=news";

/// Publishes one number after the other, at a pace that leaves the machine time, until it is told to end; gives the
/// last one.
fn keep_publishing(server: &Server, end: &AtomicBool) -> usize {
    let mut number = 0;
    while !end.load(SeqCst) {
        number += 1;
        publish(server, "news", number, number);
        thread::sleep(Duration::from_millis(5));
    }
    number
}

/// Tells a thread to end, also when the test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Closes a tab that leads; gives the milliseconds until the stream is open in the next one.
#[track_caller]
fn close_leader(scene: &Scene, leader: &Tab, next: &Tab) -> f64 {
    scene.browser.switch_to(next);
    scene.browser.execute("opened.length = 0", &[]);
    scene.browser.switch_to(leader);
    let closed = UNIX_EPOCH.elapsed().unwrap().as_secs_f64() * 1e3;
    scene.browser.close_tab();
    scene.browser.switch_to(next);
    scene.browser.wait_for("opened.length > 0", soon());
    scene.browser.execute("return opened[0]", &[]).as_f64().unwrap() - closed
}

fn all_tabs_have_one_connection_and_another_goes_on_when_the_leader_is_closed(kind: Kind) {
    let scene = Scene::start(kind, &[]);
    let (count, closed) = counts(kind);
    let tabs = scene.tabs(count, STREAM, &json!({ "share": "ann" }));
    scene.wait_for_streams(1);
    assert_eq!(scene.requests(), ["news"], "one request");

    let end = AtomicBool::new(false);
    let (last, gaps) = thread::scope(|scope| {
        let publishing = scope.spawn(|| keep_publishing(&scene.server, &end));
        let close = |number| close_leader(&scene, &tabs[number], &tabs[number + 1]);
        let ends = Ends(&end);
        let gaps: Vec<f64> = (0..closed).map(close).collect();
        drop(ends);
        (publishing.join().unwrap(), gaps)
    });
    scene.wait_for_streams(1);
    assert_eq!(scene.requests(), vec!["news"; closed + 1], "one request for each leader");

    let expected = numbers("news", 1, last);
    for tab in &tabs[closed..] {
        scene.browser.switch_to(tab);
        scene.wait_until_seen(&expected);
    }
    // The fastest says what the module does, the others what else the machine does.
    let fastest = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    let limit = if kind == Kind::Chromium { 100 } else { 1000 };
    let limit = stretched(Duration::from_millis(limit)).as_secs_f64() * 1e3;
    eprintln!(
        "{kind:?}, {count} tabs, {last} events in each: from closing a leader to the next one's open stream {gaps:.1?} ms"
    );
    assert!(fastest < limit, "{gaps:?} ms");
}

fn a_tab_that_comes_later_gets_what_it_has_missed_from_the_one_connection(kind: Kind) {
    let scene = Scene::start(kind, &[]);
    let first = scene.tabs(1, STREAM, &json!({ "share": "ann" }));
    let at = scene.browser.execute("return stream.lastEventId", &[]);
    scene.publish("news", 1, 10);
    scene.wait_until_seen(&numbers("news", 1, 10));

    scene.browser.open_tab();
    scene.open_page();
    scene.follow(STREAM, &json!({ "share": "ann", "lastEventId": at }));
    scene.wait_until_seen(&numbers("news", 1, 10));
    scene.publish("news", 11, 12);
    scene.wait_until_seen(&numbers("news", 1, 12));
    scene.browser.switch_to(&first[0]);
    scene.wait_until_seen(&numbers("news", 1, 12));
    assert_eq!(scene.requests(), ["news"]);

    // Who somebody else is shares nothing of it.
    scene.browser.open_tab();
    scene.open_page();
    scene.follow(STREAM, &json!({ "share": "bob" }));
    scene.wait_for_streams(2);
}

fn a_leader_that_is_frozen_or_left_lets_another_go_on_and_comes_back_to_all(kind: Kind) {
    let scene = Scene::start(kind, &[]);
    let tabs = scene.tabs(2, STREAM, &json!({ "share": "ann" }));
    for (round, (away, back)) in
        [("freeze", "resume"), ("pagehide", "pageshow")].into_iter().enumerate()
    {
        let dispatch = |event: &str| {
            let target = if event.starts_with("page") { "window" } else { "document" };
            let script = format!("{target}.dispatchEvent(new Event('{event}'))");
            scene.browser.execute(&script, &[]);
        };
        let (leader, other) = (&tabs[round % 2], &tabs[(round + 1) % 2]);
        scene.browser.switch_to(other);
        scene.browser.execute("opened.length = 0", &[]);
        scene.browser.switch_to(leader);
        dispatch(away);
        scene.browser.switch_to(other);
        scene.browser.wait_for("opened.length > 0", soon());
        scene.wait_for_streams(1);
        scene.publish("news", 3 * round + 1, 3 * round + 3);
        scene.wait_until_seen(&numbers("news", 1, 3 * round + 3));

        scene.browser.switch_to(leader);
        assert_eq!(scene.browser.execute("return stream.readyState", &[]), 0);
        scene.wait_until_seen(&numbers("news", 1, 3 * round));
        dispatch(back);
        scene.wait_until_seen(&numbers("news", 1, 3 * round + 3));
    }
    assert_eq!(scene.requests(), vec!["news"; 3]);
}

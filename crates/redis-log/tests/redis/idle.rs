//! Connections that others close, or that end without a word.

use std::thread;
use std::time::{Duration, Instant};

use redis_log::AppendError;

use crate::hub::Hub;
use crate::proxy::Proxy;
use crate::server::Server;

/// Asserts that each of these was published, and has arrived once.
#[track_caller]
fn assert_arrived_once(hub: &mut Hub, numbers: usize) {
    let last = hub.publish("t", "last").unwrap();
    hub.until_arrived(last);
    let mut expected: Vec<String> = (0..numbers).map(|number| number.to_string()).collect();
    expected.push("last".into());
    assert_eq!(hub.data("t"), expected);
    assert_eq!(hub.lost, [], "nobody is told that something is missing");
}

#[test]
fn a_proxy_that_closes_idle_connections_costs_no_publication() {
    let server = Server::start(&[]);
    for idle in [100, 300, 700] {
        let idle = Duration::from_millis(idle);
        let proxy = Proxy::start_with(&server, Some(idle), None);
        server.execute("DEL sse");
        let mut hub = Hub::following(&proxy.url());
        for number in 0..12 {
            // Before it closes, and after it has closed.
            thread::sleep(idle * [0, 1, 3][number % 3] / 2);
            let published = hub.publish("t", &number.to_string());
            assert!(published.is_ok(), "{number} with {idle:?}: {published:?}");
        }
        assert_arrived_once(&mut hub, 12);
    }
}

#[test]
fn a_publication_that_crosses_with_a_close_succeeds_once_or_is_reported_as_unknown() {
    let server = Server::start(&[]);
    let idle = Duration::from_millis(100);
    let proxy = Proxy::start_with(&server, Some(idle), None);
    let mut hub = Hub::following(&proxy.url());
    let mut unknown = Vec::new();
    for number in 0..20 {
        // The two cross on their way.
        thread::sleep(idle);
        match hub.publish("t", &number.to_string()) {
            Ok(_) => {}
            Err(AppendError::Unknown(_)) => unknown.push(number.to_string()),
            Err(other) => panic!("{number}: {other:?}"),
        }
    }
    let last = hub.publish("t", "last").unwrap();
    hub.until_arrived(last);
    let arrived = hub.data("t");
    let known: Vec<_> = arrived.iter().filter(|it| !unknown.contains(it)).cloned().collect();
    let expected = (0..20).map(|number| number.to_string()).filter(|it| !unknown.contains(it));
    assert_eq!(known, expected.chain(["last".to_owned()]).collect::<Vec<_>>());
    let once: std::collections::BTreeSet<_> = arrived.iter().collect();
    assert_eq!(once.len(), arrived.len(), "{arrived:?}");
}

#[test]
fn connections_that_redis_closes_again_and_again_cost_no_publication() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let mut admin = server.connect();
    for number in 0..50 {
        redis::cmd("CLIENT")
            .arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"])
            .exec(&mut admin)
            .unwrap();
        let published = hub.publish("t", &number.to_string());
        assert!(published.is_ok(), "{number}: {published:?}");
    }
    assert_arrived_once(&mut hub, 50);
}

#[test]
fn redis_that_closes_idle_connections_costs_no_publication() {
    let server = Server::start(&["--timeout", "1"]);
    let mut hub = Hub::following(&server.url());
    for number in 0..4 {
        thread::sleep(Duration::from_millis(1500));
        hub.publish("t", &number.to_string()).unwrap();
    }
    assert_arrived_once(&mut hub, 4);
}

#[test]
fn a_waiting_connection_that_is_cut_is_not_reported() {
    let server = Server::start(&[]);
    let proxy = Proxy::start_with(&server, None, Some(Duration::from_millis(1200)));
    let mut hub = Hub::following(&proxy.url());
    let before = hub.disconnects;
    let (end, mut number) = (Instant::now() + Duration::from_secs(5), 0);
    let mut unknown = 0;
    while Instant::now() < end {
        match hub.publish("t", &number.to_string()) {
            Ok(_) => number += 1,
            // It was cut in the middle of a publication.
            Err(AppendError::Unknown(_)) => unknown += 1,
            Err(error) => panic!("{number}: {error}"),
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert!(proxy.accepted() >= 8, "{}", proxy.accepted());
    let last = hub.publish("t", "last").unwrap();
    hub.until_arrived(last);
    let mut arrived = hub.data("t");
    let all = arrived.len();
    arrived.dedup();
    assert!(all - arrived.len() <= unknown && arrived.len() >= number, "{unknown}: {arrived:?}");
    assert_eq!((hub.lost.len(), hub.disconnects), (0, before), "nothing is reported");
}

#[test]
fn an_end_without_a_word_is_noticed_before_anything_is_published() {
    let server = Server::start(&[]);
    let proxy = Proxy::start(&server);
    let mut hub = Hub::following(&proxy.url());
    let before = proxy.accepted();
    proxy.freeze();
    crate::server::eventually("others are opened", || proxy.accepted() >= before + 2);
    hub.until_it_can_publish();
    for number in 0..3 {
        hub.publish("t", &number.to_string()).unwrap();
    }
    assert_arrived_once(&mut hub, 3);
}

#[test]
fn a_proxy_that_accepts_and_hangs_up_is_not_asked_without_end() {
    let server = Server::start(&[]);
    let proxy = Proxy::start(&server);
    let mut hub = Hub::following(&proxy.url());
    proxy.hang_up(true);
    let why = hub.until_disconnected();
    assert!(why.starts_with("it has closed the connection"), "{why}");
    let before = proxy.accepted();
    thread::sleep(Duration::from_secs(2));
    let asked = proxy.accepted() - before;
    assert!(asked < 60, "{asked} connections in two seconds");
    proxy.hang_up(false);
    hub.until_it_can_publish();
    assert_arrived_once(&mut hub, 0);
}

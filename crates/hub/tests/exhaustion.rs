//! A hub that has no descriptor left.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::os::unix::net::UnixStream;
use std::time::Duration;
use std::{fs, thread};

use hub_protocol::{Framing, Reply};

use support::{Hub, assert_reads, frame, publish, soon, to, wait_until};

const DESCRIPTORS: usize = 64;

/// The time that the hub has run on a processor: fields 14 and 15 of proc(5)'s stat, in hundredths of a second.
fn worked(hub: &Hub) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", hub.pid())).unwrap();
    let fields: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks = |field: usize| fields[field - 3].parse::<u64>().unwrap();
    Duration::from_millis((ticks(14) + ticks(15)) * 10)
}

#[test]
fn when_it_has_no_descriptor_left_streams_go_on_and_it_does_not_spin() {
    let hub = Hub::start_with_descriptors(u32::try_from(DESCRIPTORS).unwrap());
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    let mut publisher = hub.connect();
    hub.wait_for("streams", 1);
    let crowd: Vec<_> =
        (0..DESCRIPTORS * 2).map(|_| UnixStream::connect(hub.socket()).unwrap()).collect();
    wait_until("all are open", || hub.descriptors() >= DESCRIPTORS);
    let before = worked(&hub);
    // For so long it could work.
    thread::sleep(Duration::from_secs(2));
    let worked = worked(&hub).saturating_sub(before);
    assert!(worked < Duration::from_millis(200), "it spins: {worked:?} of two seconds");

    let reply = publisher.call(&publish(&["a"], "x"), None, soon()).unwrap();
    let Reply::Published(id) = reply else { panic!("{reply:?}") };
    assert_reads(&mut stream, format!(":\n{}", frame(id, "x")));
    drop(crowd);
    assert_eq!(hub.status()["streams"], 1, "who comes now is let in");
}

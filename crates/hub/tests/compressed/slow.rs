//! Clients that read nothing: what waits for many of them is kept once, and counts.

use content_coding::Coding;
use hub_protocol::{EventId, Framing};

use crate::client::{Client, compressed};
use crate::noise;
use crate::support::{Hub, Told, to};

const CLIENTS: usize = 40;
const EVENTS: usize = 60;
const LENGTH: usize = 64 * 1024;

fn queued(hub: &Hub) -> usize {
    let status = hub.status();
    usize::try_from(status["queues"]["bytes"].as_u64().unwrap()).unwrap()
}

/// Those that read nothing, and one that reads.
fn open(hub: &Hub, coding: Coding) -> (Vec<Client>, Client) {
    let slow: Vec<_> =
        (0..CLIENTS).map(|_| compressed(hub, coding, Framing::Chunked, to(&["a"]))).collect();
    let reader = compressed(hub, coding, Framing::Chunked, to(&["a"]));
    hub.wait_for("streams", CLIENTS as u64 + 1);
    (slow, reader)
}

fn publish(hub: &Hub, reader: &mut Client) -> Vec<EventId> {
    let publish = |number: usize| {
        let (id, data) = (hub.publish(&["a"], &noise(number, LENGTH)), noise(number, LENGTH));
        let told = Told::next_event(reader.lines());
        assert_eq!((told.id, told.data == data), (id, true));
        id
    };
    (0..EVENTS).map(publish).collect()
}

#[test]
fn what_waits_for_many_is_kept_once_and_counts_until_they_have_it() {
    for coding in Coding::ALL {
        let hub = Hub::start(&["--shards", "1"]);
        let (mut slow, mut reader) = open(&hub, coding);
        let ids = publish(&hub, &mut reader);
        let kept = queued(&hub);
        // Six bits of each byte are noise.
        assert!(kept > EVENTS * LENGTH / 2 && kept < EVENTS * LENGTH * 5 / 4, "{coding:?}: {kept}");
        for client in &mut slow {
            for (number, id) in ids.iter().enumerate() {
                let told = Told::next_event(client.lines());
                assert_eq!((told.id, told.data == noise(number, LENGTH)), (*id, true));
            }
        }
        hub.wait_for("streams", CLIENTS as u64 + 1);
        crate::support::wait_until("nothing is kept", || queued(&hub) == 0);
    }
}

#[test]
fn when_too_much_waits_those_who_read_nothing_are_dropped_and_nobody_else() {
    const ENOUGH: usize = 1024 * 1024;
    for coding in Coding::ALL {
        let hub = Hub::start(&["--shards", "1", "--queue", &ENOUGH.to_string()]);
        let (slow, mut reader) = open(&hub, coding);
        publish(&hub, &mut reader);
        assert!(queued(&hub) <= ENOUGH, "{coding:?}: {}", queued(&hub));
        hub.wait_for("streams", 1);
        assert_eq!(hub.status()["droppedSlow"], CLIENTS as u64);
        let id = hub.publish(&["a"], "still there");
        assert_eq!(Told::next_event(reader.lines()).id, id);
        drop(slow);
    }
}

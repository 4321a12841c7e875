//! Events without a pause, to compressed streams, while programs follow one another and clients come and go.

use std::io::BufReader;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use hub_protocol::{Framing, Reply};

use crate::client::{Client, compressed};
use crate::support::{Hub, Told, publish, soon, to};
use crate::{all, noise};

const UPGRADES: usize = 5;
const COMERS: usize = 60;

/// What a client is told, up to the end.
fn told(mut client: Client) -> Vec<String> {
    let mut data = Vec::new();
    while data.last().is_none_or(|last| last != "end") {
        data.push(Told::next_event(client.lines()).data);
    }
    data
}

/// Publishes one event after the other: the next one when this one has come back.
fn publish_until(over: &AtomicBool, hub: &Hub) -> Vec<String> {
    let mut own = BufReader::new(hub.stream(Framing::Raw, to(&["a"])));
    let (mut client, mut published) = (hub.connect(), Vec::new());
    while published.last().is_none_or(|last| last != "end") {
        let number = published.len();
        let text = format!("{number} {}", noise(number % 5, number * 37 % 2000));
        let data = if over.load(SeqCst) { "end".to_owned() } else { text };
        let reply = client.call(&publish(&["a"], &data), None, soon()).unwrap();
        assert!(matches!(reply, Reply::Published(_)), "{reply:?}");
        assert_eq!(Told::next_event(&mut own).data, data);
        published.push(data);
    }
    published
}

#[test]
fn nobody_misses_an_event_in_a_storm_of_upgrades_while_others_come_and_go() {
    let hub = Hub::start(&["--shards", "2"]);
    let clients: Vec<_> =
        all().map(|(coding, framing)| compressed(&hub, coding, framing, to(&["a"]))).collect();
    hub.wait_for("streams", clients.len() as u64);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> =
            clients.into_iter().map(|client| scope.spawn(move || told(client))).collect();
        let publishing = scope.spawn(|| publish_until(&over, &hub));
        let comers = scope.spawn(|| {
            for (coding, framing) in all().cycle().take(COMERS) {
                let mut comer = compressed(&hub, coding, framing, to(&["a"]));
                Told::next_event(comer.lines());
                comer.leave();
            }
        });
        for _ in 0..UPGRADES {
            hub.upgrade();
        }
        comers.join().unwrap();
        over.store(true, SeqCst);
        let published = publishing.join().unwrap();
        for reader in readers {
            assert_eq!(reader.join().unwrap(), published);
        }
    });
}

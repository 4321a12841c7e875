//! A stream that is emptied, deleted or replaced while hubs publish and read: FLUSHDB, which Laravel's
//! `cache:clear` says; DEL; XTRIM.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use hub_protocol::EventId;
use redis_log::AppendError;

use crate::hub::Hub;
use crate::server::Server;

/// The number of times that the stream is emptied.
const ROUNDS: usize = 40;

/// The number of events that each of two hubs publishes in each round.
const EVENTS: u64 = 150;

#[test]
fn what_is_lost_is_told_and_no_id_comes_twice_when_the_database_is_flushed_under_load() {
    empty_under_load("FLUSHDB");
}

#[test]
fn what_is_lost_is_told_and_no_id_comes_twice_when_the_stream_is_deleted_under_load() {
    empty_under_load("DEL sse");
}

#[test]
fn what_is_lost_is_told_and_no_id_comes_twice_when_the_stream_is_trimmed_under_load() {
    empty_under_load("XTRIM sse MAXLEN 0");
}

fn empty_under_load(command: &str) {
    let server = Server::start(&["--appendfsync", "no"]);
    let mut hubs = [Hub::following(&server.url()), Hub::following(&server.url())];
    let mut ids = HashSet::new();
    let (mut silent, mut repeated) = (0, 0);
    for round in 0..ROUNDS {
        let before = hubs.each_ref().map(|hub| (hub.arrived.len(), hub.lost.len()));
        let published = publish_while(&mut hubs, round, || server.execute(command));
        repeated += published.iter().filter(|id| !ids.insert(**id)).count();
        // What both hubs see after everything else.
        let end = hubs[0].publish("t", "end").unwrap();
        repeated += usize::from(!ids.insert(end));
        for (hub, (arrived, lost)) in hubs.iter_mut().zip(before) {
            hub.until_arrived_or_lost(end);
            let seen: HashSet<_> = hub.arrived[arrived..].iter().map(|entry| entry.id).collect();
            let told = hub.lost.len() > lost;
            let missed = published.iter().filter(|id| !seen.contains(id)).count();
            silent += if told { 0 } else { missed };
        }
    }
    assert_eq!((silent, repeated), (0, 0), "lost in silence, and ids given twice");
}

/// The ids of what two hubs publish while something happens.
fn publish_while(hubs: &mut [Hub; 2], round: usize, happens: impl FnOnce() + Send) -> Vec<EventId> {
    let begun = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !begun.load(SeqCst) {
                thread::yield_now();
            }
            thread::sleep(Duration::from_micros(300 * (round as u64 % 20)));
            happens();
        });
        let mut ids = Vec::new();
        for burst in 0..EVENTS / 5 {
            for number in 0..5 {
                for hub in hubs.iter() {
                    hub.append(burst * 5 + number, "t", &format!("{round}.{burst}.{number}"))
                        .unwrap();
                }
            }
            begun.store(true, SeqCst);
            for number in 0..5 {
                for hub in hubs.iter_mut() {
                    ids.push(hub.answer(burst * 5 + number));
                }
            }
        }
        ids.into_iter().filter_map(Result::<EventId, AppendError>::ok).collect()
    })
}

//! Events without a pause while something happens, and clients that hold their hub to every one of them.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use hub_protocol::{Framing, Reply};

use super::hub::Hub;
use super::messages::{publish, to};
use super::wait::soon;

const STREAMS: usize = 200;

/// The data of a position, which is no event of ours.
const POSITION_DATA: &str = "{}";

/// Has streams open, and publishes all the time, while something happens; then each has got every event, once
/// and in order, and is still open.
pub(crate) fn nobody_misses_an_event_while(hub: &Hub, happens: impl FnOnce()) {
    let streams: Vec<_> = (0..STREAMS).map(|_| hub.stream(Framing::Raw, to(&["a"]))).collect();
    hub.wait_for("streams", STREAMS as u64);
    let over = AtomicBool::new(false);
    let (sequences, count) = thread::scope(|scope| {
        let readers: Vec<_> =
            streams.into_iter().map(|stream| scope.spawn(move || numbers(stream))).collect();
        let publisher = scope.spawn(|| publish_until(&over, hub));
        happens();
        over.store(true, SeqCst);
        let count = publisher.join().unwrap();
        let sequences: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        (sequences, count)
    });
    for sequence in sequences {
        assert_eq!(sequence, (0..count).collect::<Vec<usize>>());
    }
}

fn publish_until(over: &AtomicBool, hub: &Hub) -> usize {
    let mut client = hub.connect();
    let mut say = |data: &str| match client.call(&publish(&["a"], data), None, soon()).unwrap() {
        Reply::Published(_) => {}
        other => panic!("{other:?}"),
    };
    let mut number = 0;
    while !over.load(SeqCst) {
        say(&number.to_string());
        number += 1;
    }
    say("end");
    number
}

/// The data of a stream's events, up to the one that says it is the end.
fn numbers(stream: UnixStream) -> Vec<usize> {
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    let data = lines.filter_map(|line| line.strip_prefix("data: ").map(str::to_owned));
    let data = data.filter(|data| data != POSITION_DATA);
    data.take_while(|data| data != "end").map(|data| data.parse().unwrap()).collect()
}

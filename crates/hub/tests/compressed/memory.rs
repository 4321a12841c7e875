//! A thousand streams, each alone in its topic.

use content_coding::Coding;
use hub_protocol::Framing;

use crate::client::compressed;
use crate::support::{Hub, Told, to};

const STREAMS: usize = 1000;
const MEBIBYTE: u64 = 1024 * 1024;

fn number(hub: &Hub, path: &str) -> u64 {
    hub.status().pointer(path).and_then(serde_json::Value::as_u64).unwrap()
}

/// Opens the streams, sends each two events; returns how many had encoders, what these were said to take, and what
/// the hub took with them.
fn thousand(hub: &Hub, coding: Coding) -> (u64, u64, u64) {
    let topics: Vec<_> = (0..STREAMS).map(|number| format!("user-{number}")).collect();
    let open = |topic: &String| compressed(hub, coding, Framing::Raw, to(&[topic]));
    let mut clients: Vec<_> = topics.iter().map(open).collect();
    hub.wait_for("streams", STREAMS as u64);
    for number in 0..2 {
        for (topic, client) in topics.iter().zip(&mut clients) {
            let id = hub.publish(&[topic], &number.to_string());
            let told = Told::next_event(client.lines());
            assert_eq!((told.id, told.data), (id, number.to_string()));
        }
    }
    let [encoders, said, taken] =
        ["/compression/encoders", "/compression/memory", "/memory"].map(|path| number(hub, path));
    drop(clients);
    hub.wait_for("streams", 0);
    assert_eq!(number(hub, "/compression/encoders"), 0);
    assert_eq!(number(hub, "/compression/memory"), 0);
    (encoders, said, taken)
}

#[test]
fn a_thousand_streams_have_encoders_of_their_own_whose_memory_serves_those_who_come_later() {
    let hub = Hub::start(&["--compression-memory", &(4096 * MEBIBYTE).to_string()]);
    let idle = number(&hub, "/memory");
    for _ in 0..4 {
        let (encoders, said, taken) = thousand(&hub, Coding::Zstd);
        assert_eq!(encoders, STREAMS as u64);
        // What an encoder has not used so far is not in memory; what others had before is used again.
        let most = idle + said + 16 * MEBIBYTE;
        assert!(taken <= most, "{taken} bytes are taken, {said} are said, {idle} were before");
    }
}

#[test]
fn a_thousand_streams_take_no_more_than_the_limit_and_all_have_their_events() {
    const LIMIT: u64 = 8 * MEBIBYTE;
    let hub = Hub::start(&["--compression-memory", &LIMIT.to_string()]);
    let idle = number(&hub, "/memory");
    for coding in [Coding::Zstd, Coding::Gzip] {
        let (encoders, said, taken) = thousand(&hub, coding);
        assert!(encoders > 0 && encoders < STREAMS as u64, "{encoders}");
        assert!(said <= LIMIT && taken <= idle + LIMIT + 16 * MEBIBYTE, "{said}, {idle}, {taken}");
    }
}

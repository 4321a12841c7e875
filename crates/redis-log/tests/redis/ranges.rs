//! Pages of entries that a hub no longer has in memory.

use hub_protocol::EventId;
use redis_log::Page;

use crate::hub::{Hub, data};
use crate::server::{Server, eventually};

#[test]
fn pages_hold_what_came_after_an_entry_up_to_an_id() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let first = hub.publish("t", "first").unwrap();
    let mut last = first;
    for number in 0..600 {
        last = hub.publish("t", &number.to_string()).unwrap();
    }
    let after = hub.publish("t", "after").unwrap();
    let range = hub.range(first, last).unwrap();
    assert_eq!(data(&range, "t"), (0..600).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(range.is_sorted_by(|entry, next| entry.id < next.id));
    assert_eq!(hub.range(last, last), Some(vec![]));
    assert_eq!(hub.range(last, first), Some(vec![]), "nothing comes between");
    assert_eq!(data(&hub.range(last, after).unwrap(), "t"), ["after"]);
}

#[test]
fn a_page_is_as_long_as_its_entries_are_small() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let first = hub.publish("t", "first").unwrap();
    let large = "x".repeat(200_000);
    let mut last = first;
    for _ in 0..64 {
        last = hub.publish("t", &large).unwrap();
    }
    let (mut position, mut lengths) = (first, Vec::new());
    while position < last {
        let Page::Next { entries, last, .. } = hub.page(position, last) else {
            panic!("it is there")
        };
        lengths.push(entries.len());
        position = last;
    }
    assert!(lengths[0] <= 32 && lengths[1..].iter().all(|length| *length <= 2), "{lengths:?}");
}

#[test]
fn entries_that_are_gone_are_reported() {
    let mut server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let first = hub.publish("t", "first").unwrap();
    let second = hub.publish("t", "second").unwrap();
    let last = hub.publish("t", "last").unwrap();
    server.execute("XTRIM sse MAXLEN 2");
    // Before all, or in between: that no event has had.
    let never = EventId { milliseconds: second.milliseconds - 1, sequence: 7 };
    let hostile = ["0-0", "1-1", "0-1", "18446744073709551615-18446744073709551615"];
    let hostile = hostile.map(|id| id.parse::<EventId>().unwrap());
    let ids = [&[first, second, never, last][..], &hostile].concat();
    let exist = [false, true, false, true, false, false, false, false];
    assert_eq!(hub.check_ids(&ids), Some(exist.to_vec()));
    for (id, exist) in ids.iter().zip(exist) {
        assert_eq!(hub.page(*id, last) != Page::Gone, exist, "{id}");
    }
    assert_eq!(data(&hub.range(second, last).unwrap(), "t"), ["last"]);
    server.kill();
    hub.until_disconnected();
    assert_eq!(
        (hub.page(second, last), hub.check_ids(&[last])),
        (Page::Unavailable, None),
        "it is away"
    );
    server.restart();
    hub.until_it_can_publish();
    eventually("it is asked again", || hub.range(second, last).is_some());
}

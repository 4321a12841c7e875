//! What is no longer in a hub's memory.

use hub_protocol::EventId;

use crate::{
    hub::{Hub, data},
    server::Server,
};

#[test]
fn a_range_holds_what_came_under_its_topics_between_two_ids() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let first = hub.publish("t", "first").unwrap();
    let mut last = first;
    for number in 0..600 {
        last = hub.publish(["t", "u", "v"][number % 3], &number.to_string()).unwrap();
    }
    let after = hub.publish("t", "after").unwrap();
    let range = hub.range(&["t", "v"], first, last).unwrap();
    let expected = |rest| (0..600).filter(move |number| number % 3 == rest);
    let text = |numbers: &mut dyn Iterator<Item = usize>| {
        numbers.map(|number| number.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(data(&range, "t"), text(&mut expected(0)));
    assert_eq!(data(&range, "v"), text(&mut expected(2)));
    assert_eq!(range.len(), 400);
    assert!(range.is_sorted_by(|entry, next| entry.id < next.id));
    assert_eq!(hub.range(&["t"], last, last), Some(vec![]));
    assert_eq!(data(&hub.range(&["t"], last, after).unwrap(), "t"), ["after"]);
    assert_eq!(data(&hub.range(&["t"], EventId::ZERO, first).unwrap(), "t"), ["first"]);
}

#[test]
fn a_range_that_is_not_whole_is_none() {
    let mut server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let first = hub.publish("t", "first").unwrap();
    let second = hub.publish("t", "second").unwrap();
    let last = hub.publish("t", "last").unwrap();
    server.say("XTRIM sse MAXLEN 2");
    assert_eq!(hub.range(&["t"], first, last), None, "it is trimmed");
    assert_eq!(data(&hub.range(&["t"], second, last).unwrap(), "t"), ["last"]);
    let never = second.next(second.milliseconds);
    if never != last {
        assert_eq!(hub.range(&["t"], never, last), None, "no event has that id");
    }
    server.kill();
    hub.until_disconnected();
    assert_eq!(hub.range(&["t"], second, last), None, "Redis is away");
    server.restart();
    hub.until_it_can_publish();
    crate::server::eventually("it is asked again", || hub.range(&["t"], second, last).is_some());
}

//! Hubs that follow one stream.

use std::time::Instant;

use hub_protocol::EventId;
use redis_log::Update;

use crate::hub::Hub;
use crate::server::Server;

#[test]
fn two_hubs_get_all_events_in_the_same_order() {
    let server = Server::start(&[]);
    let mut hubs = [Hub::following(&server.url()), Hub::following(&server.url())];
    let mut last = EventId::ZERO;
    for round in 0..100 {
        for (ticket, hub) in (0..5).flat_map(|ticket| [(ticket, &hubs[0]), (ticket, &hubs[1])]) {
            hub.append(ticket, "t", &format!("{round}")).unwrap();
        }
        for ticket in 0..5 {
            for hub in &mut hubs {
                last = last.max(hub.answer(ticket).unwrap());
            }
        }
    }
    let [one, other] = &mut hubs;
    one.until_arrived(last);
    other.until_arrived(last);
    assert_eq!(one.data("t").len(), 1000);
    assert_eq!(
        one.arrived[one.arrived.len() - 1000..],
        other.arrived[other.arrived.len() - 1000..]
    );
    assert!(one.arrived.is_sorted_by(|entry, next| entry.id < next.id), "in order, each once");
}

#[test]
fn a_hub_begins_with_the_last_page_and_follows_from_its_end() {
    let server = Server::start(&[]);
    let mut before = Hub::following(&server.url());
    let first = before.publish("t", "first").unwrap();
    let (mut hub, newest, events, left_out) = begin(&server);
    assert_eq!((newest, left_out), (first, false));
    assert_eq!(events, ["", "first"], "the first is what it has tried Redis with");

    let number_of = |number: usize| number.to_string();
    for number in 0..300 {
        before.publish("t", &number_of(number)).unwrap();
    }
    server.execute("XADD sse * anything else");
    let (mut later, newest, events, left_out) = begin(&server);
    assert!(left_out, "there are more than fit on a page");
    assert_eq!(events, (45..300).map(number_of).collect::<Vec<_>>());
    assert!(newest > before.arrived.last().unwrap().id, "what is no event has an id, too");

    let after = before.publish("t", "after").unwrap();
    for hub in [&mut hub, &mut later] {
        hub.until_arrived(after);
    }
    assert_eq!((hub.data("t").len(), later.data("t")), (301, vec!["after".to_owned()]));
}

/// A hub that begins: the newest id, the events of its page, and whether some were left out. They are in
/// order, and none is dated after now.
fn begin(server: &Server) -> (Hub, EventId, Vec<String>, bool) {
    let mut hub = Hub::start(&server.url());
    let (newest, events, left_out) = hub.until("it begins", |update| match update {
        Update::Began(page) => Some((page.newest, page.events.clone(), page.left_out)),
        _ => None,
    });
    assert!(events.is_sorted_by(|(one, added), (next, later)| one.id < next.id && added <= later));
    assert!(events.iter().all(|(_, added)| *added <= Instant::now()));
    let data = events.into_iter().map(|(entry, _)| entry.publication.data);
    let data = data.map(|data| String::from_utf8(data).unwrap()).collect();
    (hub, newest, data, left_out.is_some())
}

#[test]
fn a_hub_goes_on_after_the_id_that_it_knows() {
    let server = Server::start(&[]);
    let mut before = Hub::following(&server.url());
    let known = before.publish("t", "known").unwrap();
    let last = before.publish("t", "new").unwrap();
    let mut hub = Hub::start_after(&server.url(), Some(known));
    hub.until_arrived(last);
    assert_eq!((hub.data("t"), hub.lost), (vec!["new".to_owned()], vec![]));
}

#[test]
fn redis_killed_and_restarted_twice_costs_no_event_and_repeats_none() {
    let mut server = Server::start(&[]);
    let mut hubs = [Hub::following(&server.url()), Hub::following(&server.url())];
    let (mut published, mut unknown) = (Vec::new(), 0);
    let mut number = 0;
    for kills in 0..=2 {
        let mut successes = 0;
        while successes < 200 {
            let hub = &mut hubs[number % 2];
            number += 1;
            match hub.publish("t", &number.to_string()) {
                Ok(id) => {
                    successes += 1;
                    published.push((id, number.to_string()));
                }
                Err(redis_log::AppendError::Unknown(_)) => unknown += 1,
                Err(_) => std::thread::yield_now(),
            }
            if successes == 100 && kills < 2 {
                successes += 1;
                server.restart();
            }
        }
    }
    let last = published.last().unwrap().0;
    for hub in &mut hubs {
        hub.until_arrived(last);
        assert!(hub.arrived.is_sorted_by(|entry, next| entry.id < next.id));
        let data = hub.data("t");
        let surplus = data.len() - published.len();
        assert!(surplus <= unknown, "{surplus} of {unknown} unknown ones");
        let mut data = data.into_iter();
        for (id, number) in &published {
            assert!(data.any(|arrived| arrived == *number), "{id} has arrived, in order");
        }
    }
    assert_eq!(hubs[0].data("t"), hubs[1].data("t"));
}

#[test]
fn an_entry_that_is_no_event_is_reported_and_passed_over() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    server.execute("XADD sse * anything else");
    let why = hub.until("it is reported", |update| match update {
        Update::Foreign(why) => Some(why.clone()),
        _ => None,
    });
    assert!(why.ends_with("topic must name at least one topic"), "{why}");
    server.execute("XADD sse * topic t data by-another-program");
    let last = hub.publish("t", "ours").unwrap();
    hub.until_arrived(last);
    assert_eq!(hub.data("t"), ["by-another-program", "ours"]);
}

//! What Redis has lost, or dropped before it was read, is told.

use hub_protocol::EventId;
use redis_log::Update;

use crate::hub::Hub;
use crate::server::Server;

#[test]
fn events_that_were_dropped_while_a_hub_was_away_are_told() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    take_place(&mut hub);
    // In one step: the hub loses its connection, and when it is back, its last event is gone.
    let mut pipe = redis::pipe();
    pipe.atomic().cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal").arg("SKIPME").arg("yes");
    for _ in 0..3 {
        pipe.cmd("XADD").arg("sse").arg("*").arg(&["topic", "t", "data", "missed"]);
    }
    pipe.cmd("XTRIM").arg("sse").arg("MAXLEN").arg(2);
    pipe.exec(&mut server.connect()).unwrap();
    let place = hub.until_lost();
    assert_ne!(place, EventId::ZERO);
    hub.until_it_can_publish();
    let after = hub.publish("t", "after").unwrap();
    hub.until_arrived(after);
    assert!(after > place);
    assert_eq!(hub.data("t"), ["place", "after"], "no event comes after a gap without a word");
}

#[test]
fn a_hub_that_was_away_and_has_missed_nothing_is_told_nothing() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    take_place(&mut hub);
    let mut pipe = redis::pipe();
    pipe.atomic().cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal").arg("SKIPME").arg("yes");
    for _ in 0..1000 {
        pipe.cmd("XADD").arg("sse").arg("*").arg(&["topic", "t", "data", "while away"]);
    }
    pipe.exec(&mut server.connect()).unwrap();
    hub.until_it_can_publish();
    let after = hub.publish("t", "after").unwrap();
    hub.until_arrived(after);
    assert_eq!(hub.lost, [], "nothing was lost");
    assert_eq!(hub.data("t").len(), 1002);
}

#[test]
fn a_redis_that_comes_back_empty_is_told() {
    let mut server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    take_place(&mut hub);
    server.lose_everything();
    let place = hub.until_lost();
    assert!(place > hub.arrived.last().unwrap().id, "it begins again above what there was");
    hub.until_it_can_publish();
    let last = hub.publish("t", "after").unwrap();
    assert!(last > place);
    hub.until_arrived(last);
    assert_eq!(hub.data("t"), ["place", "after"]);
}

#[test]
fn ids_that_begin_anew_below_ours_are_not_waited_past() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    take_place(&mut hub);
    let mut pipe = redis::pipe();
    pipe.atomic().cmd("DEL").arg("sse");
    pipe.cmd("XADD").arg("sse").arg("5-1").arg(&["topic", "t", "data", "of another time"]);
    pipe.exec(&mut server.connect()).unwrap();
    let place = hub.until_lost();
    assert_eq!(place, EventId { milliseconds: 5, sequence: 1 });
    server.say("XADD sse 5-2 topic t data small");
    hub.until("it arrives", |news| matches!(news, Update::Arrived(_)).then_some(()));
    assert_eq!(hub.data("t"), ["place", "small"]);
}

fn take_place(hub: &mut Hub) {
    let place = hub.publish("t", "place").unwrap();
    hub.until_arrived(place);
}

//! Events that Redis lost, or dropped before they were read: the hub is told of them.

use hub_protocol::EventId;
use redis_log::Update;

use crate::hub::Hub;
use crate::server::Server;

#[test]
fn events_that_were_dropped_while_a_hub_was_away_are_reported_as_lost() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    publish_first(&mut hub);
    // In one step: the hub loses its connection, and when it is back, its last event is gone.
    let mut pipe = redis::pipe();
    pipe.atomic().cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal").arg("SKIPME").arg("yes");
    for _ in 0..3 {
        pipe.cmd("XADD").arg("sse").arg("*").arg(&["topic", "t", "data", "missed"]);
    }
    pipe.cmd("XTRIM").arg("sse").arg("MAXLEN").arg(2);
    pipe.exec(&mut server.connect()).unwrap();
    let position = hub.until_lost();
    assert_ne!(position, EventId::ZERO);
    hub.until_it_can_publish();
    let after = hub.publish("t", "after").unwrap();
    hub.until_arrived(after);
    assert!(after > position);
    assert_eq!(hub.data("t"), ["first", "after"], "no event comes after a gap without a word");
}

#[test]
fn a_hub_that_was_away_and_has_missed_nothing_reports_no_loss() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    publish_first(&mut hub);
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
fn a_redis_that_comes_back_empty_is_reported_as_a_loss() {
    let mut server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    publish_first(&mut hub);
    server.lose_everything();
    let position = hub.until_lost();
    assert!(position > hub.arrived.last().unwrap().id, "it begins again above what there was");
    hub.until_it_can_publish();
    let last = hub.publish("t", "after").unwrap();
    assert!(last > position);
    hub.until_arrived(last);
    assert_eq!(hub.data("t"), ["first", "after"]);
}

#[test]
fn ids_that_begin_anew_below_ours_are_not_waited_past() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    publish_first(&mut hub);
    let mut pipe = redis::pipe();
    pipe.atomic().cmd("DEL").arg("sse");
    pipe.cmd("XADD").arg("sse").arg("5-1").arg(&["topic", "t", "data", "of another time"]);
    pipe.exec(&mut server.connect()).unwrap();
    let position = hub.until_lost();
    assert_eq!(position, EventId { milliseconds: 5, sequence: 1 });
    server.execute("XADD sse 5-2 topic t data small");
    hub.until("it arrives", |update| matches!(update, Update::Arrived(_)).then_some(()));
    assert_eq!(hub.data("t"), ["first", "small"]);
}

fn publish_first(hub: &mut Hub) {
    let position = hub.publish("t", "first").unwrap();
    hub.until_arrived(position);
}

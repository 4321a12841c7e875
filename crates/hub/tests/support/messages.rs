//! The messages of workers and publishers, and the hub's replies.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hub_protocol::{
    Client, ClientError, Delivery, EventId, Framing, HeartbeatText, Publication, Reply, Request,
    Response, Subscription, Topic, Topics,
};

use super::wait::{soon, wait_until_readable};

pub(crate) const FASTCGI: Framing = Framing::FastCgi { request_id: 1, is_kept: false };

pub(crate) fn topics(names: &[&str]) -> Topics {
    let topics: Vec<Topic> =
        names.iter().map(|name| Topic::new(name.as_bytes()).unwrap()).collect();
    topics.try_into().unwrap()
}

pub(crate) fn publish(names: &[&str], data: &str) -> Request {
    let data = data.as_bytes().to_vec();
    Request::Publish(Publication { topics: topics(names), event: None, data })
}

/// A subscription without heartbeats or an end.
pub(crate) fn to(names: &[&str]) -> Subscription {
    Subscription {
        topics: topics(names),
        last_event_id: None,
        position_sent: false,
        began: u64::MAX,
        heartbeat: 0,
        heartbeat_text: HeartbeatText::default(),
        lifetime: 0,
        retry: 0,
        shutdown_retry: 0,
        write_timeout: 0,
    }
}

/// The same, for a client that was here before, and was told so already.
pub(crate) fn after(id: &impl ToString, names: &[&str]) -> Subscription {
    Subscription { last_event_id: Some(id.to_string()), position_sent: true, ..to(names) }
}

/// Offers the connection of a new client to the hub, which accepts it. The worker's own end comes behind the
/// client's; it has yet to close that, and to commit.
pub(crate) fn hand_over(
    worker: &mut Client,
    response: Response,
    subscription: Subscription,
) -> (UnixStream, UnixStream) {
    let (client, connection) = UnixStream::pair().unwrap();
    let request = Request::HandOver { subscription, response };
    let reply = worker.call(&request, Some(connection.as_fd()), soon()).unwrap();
    assert_eq!(reply, Reply::Accepted);
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    (client, connection)
}

/// A response that has said nothing yet.
pub(crate) fn response(framing: Framing) -> Response {
    Response { framing, before: Vec::new(), coding: None }
}

/// Hands the connection of a new client over, as a worker does that has said something before.
pub(crate) fn stream_by(
    worker: &mut Client,
    framing: Framing,
    subscription: Subscription,
) -> UnixStream {
    let (client, connection) = hand_over(worker, response(framing), subscription);
    drop(connection);
    worker.send(&Request::Commit, None, soon()).unwrap();
    client
}

/// Reads what comes next. Who waits for the hub leaves the processor to it.
pub(crate) fn fill(client: &mut Client) -> Result<(), ClientError> {
    wait_until_readable(client.as_fd());
    client.fill()
}

/// The next reply to somebody who has asked.
pub(crate) fn next_reply(client: &mut Client) -> Reply {
    loop {
        match client.next_reply().unwrap() {
            Some(reply) => return reply,
            None => fill(client).unwrap(),
        }
    }
}

/// The id of the next of the events that somebody publishes.
pub(crate) fn published(client: &mut Client) -> EventId {
    match next_reply(client) {
        Reply::Published(id) => id,
        other => panic!("{other:?}"),
    }
}

/// The next event that a worker is sent for a stream of its own.
pub(crate) fn next_delivery(worker: &mut Client) -> Delivery {
    match next_reply(worker) {
        Reply::Delivery(delivery) => delivery,
        other => panic!("{other:?}"),
    }
}

/// The next event that a worker is sent for a stream of its own, positions apart.
pub(crate) fn next_event(worker: &mut Client) -> Delivery {
    loop {
        let delivery = next_delivery(worker);
        if delivery.event.as_ref().is_none_or(|event| event.as_str() != "sse:position") {
            return delivery;
        }
    }
}

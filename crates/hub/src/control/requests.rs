//! Answers the requests on the control socket.

use std::collections::BTreeSet;
use std::time::Instant;

use hub_protocol::{Limit, Publication, Refusal, Reply, Request, Response, Subscription};
use rustix::event::epoll;
use rustix::net::{SocketType, sockopt};

use super::state::Control;
use crate::core::NewSubscriber;
use crate::leases::{Acquired, Lease};
use crate::metrics::{exposition, status};
use crate::process::journal::note;
use crate::socket::connection::{Accepted, Connection, Ended};

/// The outcome of a request for its connection.
pub(super) enum After {
    Stays,
    /// A shard has it from now on.
    Listens(Subscription),
    /// It has asked for an upgrade.
    Upgrades,
}

/// The way in which a request is answered.
enum Answer {
    Now(Reply),
    /// There is no reply.
    None,
    /// The reply comes later, from Redis.
    Later,
    /// Another owner of the connection replies.
    Elsewhere(After),
}

/// True for requests of streams: a hub that gets one has served somebody.
fn is_of_a_stream(request: &Request) -> bool {
    matches!(request, Request::Subscribe(_) | Request::HandOver { .. } | Request::Lease(_))
}

impl Control {
    /// Answers the requests that have arrived so far.
    pub(super) fn serve(
        &mut self,
        token: u64,
        connection: &mut Connection,
    ) -> Result<After, Ended> {
        while let Some(request) = connection.next_request()? {
            self.active = Instant::now();
            if is_of_a_stream(&request) {
                self.note_served();
            }
            match self.answer(request, token, connection)? {
                Answer::Now(reply) => {
                    connection.reply(&reply);
                    drop(connection.flush());
                }
                Answer::None => {}
                Answer::Later => {
                    connection.waits_until = Some(self.expect_answer(token));
                    break;
                }
                Answer::Elsewhere(after) => return Ok(after),
            }
        }
        Ok(After::Stays)
    }

    fn answer(
        &mut self,
        request: Request,
        token: u64,
        connection: &mut Connection,
    ) -> Result<Answer, Ended> {
        Ok(Answer::Now(match request {
            Request::Publish(publication) => {
                return Ok(self.publish(publication, token).map_or(Answer::Later, Answer::Now));
            }
            Request::Commit => return self.commit(connection).map(|()| Answer::None),
            Request::Subscribe(subscription) => {
                return Ok(Answer::Elsewhere(After::Listens(subscription)));
            }
            Request::Upgrade => return Ok(Answer::Elsewhere(After::Upgrades)),
            Request::HandOver { subscription, response } => {
                self.accept(connection, subscription, response)
            }
            Request::Lease(limits) => self.lease(limits, connection),
            Request::Status => Reply::Status(self.report().to_string()),
            Request::Metrics => Reply::Metrics(exposition::text(&self.report())),
            Request::Stop => {
                note!("stop requested, shutting down");
                self.stopping = true;
                Reply::Stopping
            }
        }))
    }

    fn lease(&mut self, limits: Vec<Limit>, connection: &mut Connection) -> Reply {
        match self.core.leases.acquire(limits) {
            Ok(Acquired { lease, dropped }) => {
                connection.lease = Some(lease);
                self.drop_streams(&dropped);
                Reply::Granted
            }
            Err(limit) => Reply::Exceeded(limit),
        }
    }

    pub(super) fn report(&self) -> serde_json::Value {
        status::report(&self.core, self.started, Instant::now())
    }

    /// Returns `None` if the reply comes later.
    fn publish(&mut self, publication: Publication, publisher: u64) -> Option<Reply> {
        let (length, limit) = (publication.data.len(), self.config.max_event);
        if length > limit {
            let message = format!("the event has {length} bytes, and this hub takes {limit}");
            return Some(refuse(Refusal::TooLarge, &message));
        }
        self.core.publish(publication, publisher, Instant::now())
    }

    fn accept(
        &mut self,
        connection: &mut Connection,
        subscription: Subscription,
        response: Response,
    ) -> Reply {
        let Some(socket) = connection.take_descriptor() else {
            return refuse(Refusal::OutOfOrder, "no descriptor came with the hand-over");
        };
        let is_connected = sockopt::socket_type(&socket) == Ok(SocketType::STREAM)
            && sockopt::socket_acceptconn(&socket) == Ok(false);
        if !is_connected {
            return refuse(Refusal::OutOfOrder, "the descriptor is not a connected stream socket");
        }
        let cursor = self.core.cursor(&subscription, Instant::now());
        connection.accepted = Some(Accepted { socket, subscription, response, cursor });
        Reply::Accepted
    }

    fn commit(&mut self, connection: &mut Connection) -> Result<(), Ended> {
        let accepted = connection.accepted.take();
        let accepted = accepted.ok_or(Ended::Garbage("a commit without a hand-over".to_owned()))?;
        let Accepted { socket, subscription, response, cursor } = accepted;
        let joining = NewSubscriber {
            socket,
            framing: Some(response.framing),
            coding: response.coding,
            before: response.before,
            subscription,
            cursor,
            lease: connection.lease.take(),
        };
        self.core.subscribe(joining, Instant::now());
        Ok(())
    }

    /// Ends the streams whose leases were dropped. A worker ends a stream that it serves itself; a stream that is
    /// about to go live is ended by its shard as soon as that has it.
    fn drop_streams(&mut self, leases: &BTreeSet<u64>) {
        if leases.is_empty() {
            return;
        }
        self.core.drop_streams(leases);
        let is_dropped = |lease: &mut Lease| leases.contains(&lease.number());
        let mut notified = Vec::new();
        for (token, connection) in &mut self.connections {
            if connection.accepted.is_none() && connection.lease.take_if(is_dropped).is_some() {
                connection.reply(&Reply::Dropped);
                self.core.counters.dropped_oldest.add(1);
                notified.push(*token);
            }
        }
        for token in notified {
            self.flush(token);
        }
    }

    /// Gives a connection to a shard, which sends it events; nobody reads from it any more.
    pub(super) fn make_subscriber(
        &mut self,
        mut connection: Connection,
        subscription: Subscription,
    ) {
        let now = Instant::now();
        connection.reply(&Reply::Subscribed);
        // At once: its replay may have to wait for Redis. A peer that is gone is noticed later.
        drop(connection.flush());
        let _ = epoll::delete(&self.epoll, &connection.socket);
        let cursor = self.core.cursor(&subscription, now);
        let (socket, before, lease) = connection.into_subscriber();
        let (framing, coding) = (None, None);
        let joining =
            NewSubscriber { socket, framing, coding, before, subscription, cursor, lease };
        self.core.subscribe(joining, now);
    }
}

pub(super) fn refuse(refusal: Refusal, message: &str) -> Reply {
    Reply::Refused { refusal, message: message.to_owned() }
}

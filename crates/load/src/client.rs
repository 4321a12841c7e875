//! One simulated client: connects, requests a stream, reads and checks its events.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use event_stream::{ParsedEvent, Parser};
use hdrhistogram::Histogram;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, connect, recv, send,
    socket_with, sockopt,
};

use crate::decoding::{Decoding, Place};
use crate::ledger::{Ledger, Verdict};
use crate::payload::{Payload, now};
use crate::plan::Plan;
use crate::published::Published;
use crate::response::{Response, Unexpected};
use crate::tally::{Counts, Report};

/// The type of the event that says that events may have been missed.
const RESET: &str = "reset";

/// The type of the event that only carries its client's position.
const POSITION: &str = "sse:position";

/// A client, connected or not.
#[derive(Debug)]
pub(crate) struct Client {
    connection: Option<Connection>,
    parser: Parser,
    ledger: Option<Ledger>,
    /// The index of its topic in the plan.
    topic: usize,
    /// Counts connections, so that a timer can tell if its own is still open.
    pub(crate) turn: u32,
}

/// A connection, from its first packet to its last.
#[derive(Debug)]
struct Connection {
    socket: OwnedFd,
    asked: bool,
    response: Response,
    /// Where it stands in a response that is encoded.
    place: Place,
    /// When the first bytes of the stream came, in nanoseconds.
    open: Option<u64>,
}

/// The result of reading a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nothing that others need to know.
    Same,
    /// The first bytes of the stream have come.
    Opened,
    /// The connection is over.
    Over(End),
}

/// The end of a connection that was not ended here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Stream,
    Refused,
    Failed,
}

impl Client {
    /// One that follows the topic with this number.
    pub(crate) fn new(topic: usize) -> Self {
        Self { connection: None, parser: Parser::new(), ledger: None, topic, turn: 0 }
    }

    /// The number of its topic.
    pub(crate) fn topic(&self) -> usize {
        self.topic
    }

    /// Begins to connect, as client number `number` of the plan.
    pub(crate) fn connect(&mut self, plan: &Plan, number: usize) -> Result<&OwnedFd, Errno> {
        self.turn = self.turn.wrapping_add(1);
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        bind(&socket, &SocketAddr::from((plan.source(number), 0)))?;
        match connect(&socket, &plan.server) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error),
        }
        let (response, place) = (Response::default(), Place::default());
        let connection = Connection { socket, asked: false, response, place, open: None };
        Ok(&self.connection.insert(connection).socket)
    }

    /// The connection, if there is one.
    pub(crate) fn socket(&self) -> Option<&OwnedFd> {
        self.connection.as_ref().map(|connection| &connection.socket)
    }

    /// True if the stream has begun.
    pub(crate) fn is_open(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.open.is_some())
    }

    /// Sends the request, once the connection is established.
    pub(crate) fn ask(&mut self, plan: &Plan) -> Progress {
        let Some(connection) = &mut self.connection else { return Progress::Same };
        if connection.asked {
            return Progress::Same;
        }
        connection.asked = true;
        // The request is short, and the first write: it goes out whole, or the connection has failed.
        let request = plan.request(self.parser.last_event_id(), self.topic);
        match send(&connection.socket, request.as_bytes(), SendFlags::NOSIGNAL) {
            Ok(length) if length == request.len() => Progress::Same,
            Ok(_) | Err(_) => Progress::Over(End::Failed),
        }
    }

    /// Reads what is there, up to the size of `buffer`.
    pub(crate) fn read(
        &mut self,
        buffer: &mut [u8],
        published: &Published,
        decoding: &mut Decoding,
        Report { counts, latency }: &mut Report,
    ) -> Progress {
        let Some(connection) = &mut self.connection else { return Progress::Same };
        let length = match recv(&connection.socket, &mut *buffer, RecvFlags::empty()) {
            Ok((0, _)) => return Progress::Over(connection.end()),
            Ok((length, _)) => length,
            Err(Errno::AGAIN) => return Progress::Same,
            Err(_) => return Progress::Over(connection.end()),
        };
        counts.bytes += length as u64;
        let (parser, ledger, place) = (&mut self.parser, &mut self.ledger, &mut connection.place);
        let arrival = now();
        let mut has_body = false;
        let fed = connection.response.feed(&buffer[..length], |is_encoded, body| {
            has_body |= !body.is_empty();
            counts.encoded += if is_encoded { body.len() as u64 } else { 0 };
            let decoded = is_encoded.then(|| decode(decoding, place, body));
            counts.foreign += u64::from(decoded.as_ref().is_some_and(Option::is_none));
            let body = decoded.as_ref().map_or(body, |it| it.as_deref().unwrap_or_default());
            let ledger = ledger.get_or_insert_with(|| Ledger::new(published.count()));
            let each = |event| take_event(&event, arrival, ledger, published, counts, latency);
            counts.foreign += u64::from(parser.feed(body, each).is_err());
        });
        match fed {
            Err(Unexpected::Status(_)) => return Progress::Over(End::Refused),
            Err(Unexpected::Malformed) => return Progress::Over(End::Failed),
            Ok(()) if connection.response.has_ended() => return Progress::Over(End::Stream),
            Ok(()) => {}
        }
        if has_body && connection.open.is_none() {
            connection.open = Some(arrival);
            return Progress::Opened;
        }
        Progress::Same
    }

    /// Closes the connection with a FIN, or with a RST if `hard`. Returns the reconnection time that the stream has
    /// set, in milliseconds.
    pub(crate) fn close(&mut self, plan: &Plan, hard: bool) -> Option<u64> {
        let connection = self.connection.take();
        if let Some(connection) = &connection
            && hard
        {
            // If it fails, the client closes with a FIN.
            let _ = sockopt::set_socket_linger(&connection.socket, Some(Duration::ZERO));
        }
        self.parser.reset();
        let open = connection.and_then(|connection| connection.open);
        let stayed = open.map_or(Duration::ZERO, |at| Duration::from_nanos(now() - at));
        if self.parser.last_event_id().is_empty() && stayed < plan.unpositioned {
            // It reconnects like a new client. One that stayed for longer should have been sent its position: what it
            // misses is lost.
            self.ledger = None;
        }
        self.parser.retry().map(event_stream::Retry::as_millis)
    }

    /// The number of events that have not arrived yet.
    pub(crate) fn behind(&self, published: &Published) -> u64 {
        let count = published.count();
        let next = self.ledger.as_ref().map_or(0, |ledger| ledger.next().min(count));
        published.certain(next..count)
    }
}

impl Connection {
    fn end(&self) -> End {
        if self.response.has_head() { End::Stream } else { End::Failed }
    }
}

/// What the bytes of a response decode to; `None` if they are damaged.
fn decode(decoding: &mut Decoding, place: &mut Place, bytes: &[u8]) -> Option<Arc<[u8]>> {
    let (decoded, after) = decoding.take(*place, bytes).ok()?;
    *place = after;
    Some(decoded)
}

fn take_event(
    event: &ParsedEvent,
    arrival: u64,
    ledger: &mut Ledger,
    published: &Published,
    counts: &mut Counts,
    latency: &mut Histogram<u32>,
) {
    if event.event.as_deref() == Some(POSITION) {
        counts.positions += 1;
        counts.bad_ids += u64::from(!ledger.take_position(event.id.as_deref()));
        return;
    }
    let in_order = ledger.take_id(event.id.as_deref());
    if event.event.as_deref() == Some(RESET) {
        counts.resets += 1;
        ledger.reset(published.count());
        return;
    }
    counts.bad_ids += u64::from(!in_order);
    let Some(payload) = Payload::read(&event.data) else {
        counts.foreign += 1;
        return;
    };
    match ledger.take(payload.sequence) {
        Verdict::InOrder => counts.in_order += 1,
        Verdict::After(missing) => {
            counts.in_order += 1;
            counts.lost += published.certain(missing);
        }
        Verdict::Late => {
            counts.lost -= published.certain(payload.sequence..payload.sequence + 1);
            counts.late += 1;
        }
        Verdict::Repeated => counts.repeated += 1,
    }
    latency.saturating_record(arrival.saturating_sub(payload.published) / 1000);
}

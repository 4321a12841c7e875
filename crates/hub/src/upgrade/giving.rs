//! Passing everything on.

use std::{
    collections::HashMap,
    io::{self, Write},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    time::Instant,
};

use hub_protocol::{Hello, Reply, encode, encode_up_to, socket};

use super::{
    LONGEST,
    record::{ConnectionRecord, JoiningRecord, LeaseRecord, Record, StreamRecord},
};
use crate::{
    backlog::Backlog,
    core::NewSubscriber,
    shard::Subscriber,
    socket::{connection::Connection, listener::Listener},
    update::Bytes,
};

/// What a hub has to leave.
pub(crate) struct Legacy<'a> {
    pub(crate) listener: &'a Listener,
    pub(crate) backlog: &'a Backlog,
    pub(crate) streams: &'a [Subscriber],
    /// Streams that wait for Redis.
    pub(crate) joining: &'a [NewSubscriber],
    pub(crate) connections: &'a [&'a Connection],
    /// Who has asked for another program, and gets its answer from that.
    pub(crate) asker: Option<&'a Connection>,
}

/// One end of what the new program reads.
pub(super) struct Giver<'a> {
    channel: &'a UnixStream,
    /// The numbers of pieces that were given, by where they are: streams share them, now and later.
    pieces: HashMap<*const u8, u32>,
}

impl<'a> Giver<'a> {
    pub(super) fn new(channel: &'a UnixStream) -> Self {
        Self { channel, pieces: HashMap::new() }
    }

    /// Gives everything, and the asker this answer.
    pub(super) fn give(mut self, legacy: &Legacy<'_>, answer: Option<&Reply>) -> io::Result<()> {
        let Legacy { listener, backlog, streams, joining, connections, asker } = *legacy;
        let now = Instant::now();
        self.channel.write_all(&Hello::OURS.to_bytes())?;
        self.send(&Record::Listener, Some(listener.socket().as_fd()))?;
        self.send(&Record::Lock, Some(listener.lock().as_fd()))?;
        self.give_backlog(backlog, now)?;
        for stream in streams {
            self.give_stream(stream, now)?;
        }
        for joining in joining {
            let record = Record::Joining(JoiningRecord::new(joining));
            self.send(&record, Some(joining.socket.as_fd()))?;
        }
        for connection in connections {
            self.give_connection(connection, None)?;
        }
        if let Some(asker) = asker {
            self.give_connection(asker, answer)?;
        }
        self.send(&Record::End, None)
    }

    fn give_backlog(&self, backlog: &Backlog, now: Instant) -> io::Result<()> {
        let ago = |then: Instant| now.saturating_duration_since(then);
        let (floor, evicted) = backlog.lost();
        let (newest, began) = (backlog.newest(), backlog.began());
        self.send(&Record::Backlog { newest, began, floor, evicted: evicted.map(ago) }, None)?;
        for (topic, floor) in backlog.floors() {
            self.send(&Record::Floor(topic.clone(), floor), None)?;
        }
        for event in backlog.updates() {
            if let Some(publication) = event.publication() {
                self.send(&Record::Event(event.id, publication.into(), ago(event.arrived)), None)?;
            }
        }
        Ok(())
    }

    fn give_stream(&mut self, stream: &Subscriber, now: Instant) -> io::Result<()> {
        let pieces = stream.queue.pieces(stream.output).map(|piece| self.give_piece(piece));
        let pieces = pieces.collect::<io::Result<_>>()?;
        let record = Record::Stream(StreamRecord::new(stream, pieces, now));
        self.send(&record, Some(stream.socket.as_fd()))
    }

    /// Gives a piece of what waits unless it was given already; its number.
    fn give_piece(&mut self, piece: &Bytes) -> io::Result<u32> {
        if let Some(number) = self.pieces.get(&piece.as_ptr()) {
            return Ok(*number);
        }
        self.send(&Record::Piece(piece.to_vec()), None)?;
        let number = u32::try_from(self.pieces.len()).map_err(io::Error::other)?;
        self.pieces.insert(piece.as_ptr(), number);
        Ok(number)
    }

    fn give_connection(&self, connection: &Connection, answer: Option<&Reply>) -> io::Result<()> {
        let lease = connection.lease.as_ref().map(LeaseRecord::new);
        let (greeted, unread, unsent) = connection.state();
        let mut unsent = unsent.to_vec();
        if let Some(answer) = answer {
            unsent.extend(encode(answer).map_err(io::Error::other)?);
        }
        let record = ConnectionRecord { greeted, unread: unread.into(), unsent, lease };
        self.send(&Record::Connection(record), Some(connection.socket.as_fd()))?;
        if let Some(accepted) = &connection.accepted {
            let (subscription, response) = (&accepted.subscription, &accepted.response);
            let record =
                Record::Accepted(subscription.clone(), response.clone(), accepted.cursor.clone());
            self.send(&record, Some(accepted.socket.as_fd()))?;
        }
        for descriptor in connection.descriptors() {
            self.send(&Record::Loose, Some(descriptor.as_fd()))?;
        }
        Ok(())
    }

    fn send(&self, record: &Record, mut descriptor: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let bytes = encode_up_to(LONGEST, record).map_err(io::Error::other)?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let sent = socket::send(self.channel, rest, descriptor.take())?;
            rest = &rest[sent..];
        }
        Ok(())
    }
}

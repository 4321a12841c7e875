//! Sends a snapshot to the new program.

use std::collections::HashMap;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use hub_protocol::{Hello, Reply, encode, encode_up_to, socket};

use super::handshake::LONGEST;
use super::record::{ConnectionRecord, JoiningRecord, LeaseRecord, Record, StreamRecord};
use super::snapshot::SnapshotRef;
use crate::backlog::Backlog;
use crate::shard::Subscriber;
use crate::socket::connection::Connection;
use crate::update::Bytes;

/// The end of the channel that sends.
pub(super) struct Sender<'a> {
    channel: &'a UnixStream,
    /// The numbers of pieces that were sent, by address: streams share them, now and later.
    pieces: HashMap<*const u8, u32>,
}

impl<'a> Sender<'a> {
    pub(super) fn new(channel: &'a UnixStream) -> Self {
        Self { channel, pieces: HashMap::new() }
    }

    /// Sends everything, with this reply for the connection that asked for the upgrade.
    pub(super) fn send_all(
        mut self,
        snapshot: &SnapshotRef<'_>,
        answer: Option<&Reply>,
    ) -> io::Result<()> {
        let SnapshotRef { listener, backlog, streams, joining, connections, asker } = *snapshot;
        let now = Instant::now();
        self.channel.write_all(&Hello::OURS.to_bytes())?;
        self.send_record(&Record::Listener, Some(listener.socket().as_fd()))?;
        self.send_record(&Record::Lock, Some(listener.lock().as_fd()))?;
        self.send_backlog(backlog, now)?;
        for stream in streams {
            self.send_stream(stream, now)?;
        }
        for joining in joining {
            let record = Record::Joining(JoiningRecord::new(joining));
            self.send_record(&record, Some(joining.socket.as_fd()))?;
        }
        for connection in connections {
            self.send_connection(connection, None)?;
        }
        if let Some(asker) = asker {
            self.send_connection(asker, answer)?;
        }
        self.send_record(&Record::End, None)
    }

    fn send_backlog(&self, backlog: &Backlog, now: Instant) -> io::Result<()> {
        let ago = |then: Instant| now.saturating_duration_since(then);
        let (floor, evicted) = backlog.lost();
        let (newest, began) = (backlog.newest(), backlog.began());
        self.send_record(
            &Record::Backlog { newest, began, floor, evicted: evicted.map(ago) },
            None,
        )?;
        for (topic, floor) in backlog.floors() {
            self.send_record(&Record::Floor(topic.clone(), floor), None)?;
        }
        for event in backlog.updates() {
            if let Some(publication) = event.publication() {
                self.send_record(
                    &Record::Event(event.id, publication.into(), ago(event.arrived)),
                    None,
                )?;
            }
        }
        Ok(())
    }

    fn send_stream(&mut self, stream: &Subscriber, now: Instant) -> io::Result<()> {
        let pieces = stream.queue.pieces(stream.output).map(|piece| self.send_piece(piece));
        let pieces = pieces.collect::<io::Result<_>>()?;
        let record = Record::Stream(StreamRecord::new(stream, pieces, now));
        self.send_record(&record, Some(stream.socket.as_fd()))
    }

    /// Sends a piece unless it was sent already, and returns its number.
    fn send_piece(&mut self, piece: &Bytes) -> io::Result<u32> {
        if let Some(number) = self.pieces.get(&piece.as_ptr()) {
            return Ok(*number);
        }
        self.send_record(&Record::Piece(piece.to_vec()), None)?;
        let number = u32::try_from(self.pieces.len()).map_err(io::Error::other)?;
        self.pieces.insert(piece.as_ptr(), number);
        Ok(number)
    }

    fn send_connection(&self, connection: &Connection, answer: Option<&Reply>) -> io::Result<()> {
        let lease = connection.lease.as_ref().map(LeaseRecord::new);
        let (greeted, unread, unsent) = connection.state();
        let mut unsent = unsent.to_vec();
        if let Some(answer) = answer {
            unsent.extend(encode(answer).map_err(io::Error::other)?);
        }
        let record = ConnectionRecord { greeted, unread: unread.into(), unsent, lease };
        self.send_record(&Record::Connection(record), Some(connection.socket.as_fd()))?;
        if let Some(accepted) = &connection.accepted {
            let (subscription, response) = (&accepted.subscription, &accepted.response);
            let record =
                Record::Accepted(subscription.clone(), response.clone(), accepted.cursor.clone());
            self.send_record(&record, Some(accepted.socket.as_fd()))?;
        }
        for descriptor in connection.descriptors() {
            self.send_record(&Record::Loose, Some(descriptor.as_fd()))?;
        }
        Ok(())
    }

    fn send_record(
        &self,
        record: &Record,
        mut descriptor: Option<BorrowedFd<'_>>,
    ) -> io::Result<()> {
        let bytes = encode_up_to(LONGEST, record).map_err(io::Error::other)?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let sent = socket::send(self.channel, rest, descriptor.take())?;
            rest = &rest[sent..];
        }
        Ok(())
    }
}

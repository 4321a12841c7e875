//! Receives a snapshot from the old program, and rebuilds its state.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_protocol::{EventId, Hello, Messages, Topic, socket};

use super::handshake::{LONGEST, PATIENCE};
use super::record::{ConnectionRecord, Kept, Record, StreamRecord};
use super::snapshot::Snapshot;
use crate::backlog::BacklogSnapshot;
use crate::core::NewSubscriber;
use crate::leases::Leases;
use crate::shard::{Compression, Queue, Shared, Subscriber};
use crate::socket::connection::{Accepted, Connection};
use crate::update::Update;

/// Receives a snapshot through standard input, and returns it with that channel.
///
/// # Errors
///
/// When it is not complete, or of another version.
pub(crate) fn receive(leases: &Leases) -> io::Result<(Snapshot, UnixStream)> {
    let mut channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    channel.set_read_timeout(Some(PATIENCE))?;
    let mut hello = [0; Hello::LENGTH];
    channel.read_exact(&mut hello)?;
    Hello::check(hello).map_err(io::Error::other)?;
    let snapshot = Inventory::read(&channel, leases)?;
    Ok((snapshot, channel))
}

/// The part that has been received so far.
struct Inventory<'a> {
    leases: &'a Leases,
    now: Instant,
    listener: Option<OwnedFd>,
    lock: Option<File>,
    backlog: Option<(EventId, Option<EventId>, EventId, Option<Instant>)>,
    floors: Vec<(Topic, EventId)>,
    events: Vec<Update>,
    pieces: Vec<Arc<Shared>>,
    streams: Vec<Subscriber>,
    joining: Vec<NewSubscriber>,
    connections: Vec<Connection>,
}

impl<'a> Inventory<'a> {
    fn read(channel: &UnixStream, leases: &'a Leases) -> io::Result<Snapshot> {
        let mut inventory = Self {
            leases,
            now: Instant::now(),
            listener: None,
            lock: None,
            backlog: None,
            floors: Vec::new(),
            events: Vec::new(),
            pieces: Vec::new(),
            streams: Vec::new(),
            joining: Vec::new(),
            connections: Vec::new(),
        };
        let (mut messages, mut descriptors) = (Messages::up_to(LONGEST), VecDeque::new());
        let mut buffer = vec![0; 64 * 1024];
        loop {
            while let Some(record) = messages.next_message().map_err(io::Error::other)? {
                // Each descriptor came with the first byte of its message, so both have the same order.
                let has_descriptor = Record::has_descriptor(&record);
                let descriptor = if has_descriptor { descriptors.pop_front() } else { None };
                if has_descriptor && descriptor.is_none() {
                    return Err(io::Error::other("a descriptor is missing"));
                }
                if inventory.note(record, descriptor)? {
                    return inventory.close();
                }
            }
            let received = socket::receive(channel, &mut buffer)?;
            if received.length == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            messages.feed(&buffer[..received.length]);
            descriptors.extend(received.descriptors);
        }
    }

    /// Stores one record; returns true after the last.
    fn note(&mut self, record: Record, descriptor: Option<OwnedFd>) -> io::Result<bool> {
        match (record, descriptor) {
            (Record::Listener, listener) => self.listener = listener,
            (Record::Lock, lock) => self.lock = lock.map(File::from),
            (Record::Backlog { newest, began, floor, evicted }, _) => {
                self.backlog = Some((newest, began, floor, evicted.map(|ago| self.ago(ago))));
            }
            (Record::Floor(topic, floor), _) => self.floors.push((topic, floor)),
            (Record::Event(id, publication, ago), _) => self.note_event(id, publication, ago),
            (Record::Piece(bytes), _) => {
                self.pieces.push(Arc::new(Shared::new(bytes, EventId::ZERO)));
            }
            (Record::Stream(record), Some(socket)) => self.note_stream(record, socket)?,
            (Record::Joining(record), Some(socket)) => {
                self.joining.push(record.join(socket, self.leases));
            }
            (Record::Connection(record), Some(socket)) => self.note_connection(record, socket),
            (Record::Accepted(subscription, response, cursor), Some(socket)) => {
                if let Some(connection) = self.connections.last_mut() {
                    let accepted = Accepted { socket, subscription, response, cursor };
                    connection.accepted = Some(accepted);
                }
            }
            (Record::Loose, Some(descriptor)) => {
                if let Some(connection) = self.connections.last_mut() {
                    connection.add_descriptor(descriptor);
                }
            }
            (Record::End, _) => return Ok(true),
            (_, None) => {}
        }
        Ok(false)
    }

    fn ago(&self, ago: Duration) -> Instant {
        self.now.checked_sub(ago).unwrap_or(self.now)
    }

    fn note_event(&mut self, id: EventId, kept: Kept, ago: Duration) {
        self.events.push(Update::new(id, kept.into(), self.ago(ago)));
    }

    fn note_stream(&mut self, record: StreamRecord, socket: OwnedFd) -> io::Result<()> {
        let piece = |number: &u32| self.pieces.get(*number as usize).map(Arc::clone);
        let pieces = record.pieces.iter().map(piece).collect::<Option<_>>();
        let pieces = pieces.ok_or_else(|| io::Error::other("a piece of a stream is missing"))?;
        let (output, schedule) = (record.output(), record.schedule(self.now));
        let queue = Queue::restored(pieces, record.sent, record.ends_in_comment, output);
        let lease = record.lease.map(|lease| lease.restore(self.leases));
        let compression = record.coding.map(|coded| Compression::new(coded.progress));
        let topics = record.topics.into();
        self.streams.push(Subscriber {
            position: record.position,
            known: record.known,
            lease: lease.map(Box::new),
            queue,
            replay_progress: record.missing.map(Box::new),
            is_ending: record.ending,
            compression,
            ..Subscriber::new(socket, output, topics, schedule, record.heartbeat_text)
        });
        Ok(())
    }

    fn note_connection(&mut self, record: ConnectionRecord, socket: OwnedFd) {
        let ConnectionRecord { greeted, unread, unsent, lease } = record;
        let lease = lease.map(|lease| lease.restore(self.leases));
        self.connections.push(Connection::restored(socket, greeted, &unread, unsent, lease));
    }

    fn close(self) -> io::Result<Snapshot> {
        let missing =
            || io::Error::other("the listening socket, its lock or the backlog is missing");
        let (newest, began, floor, evicted) = self.backlog.ok_or_else(missing)?;
        Ok(Snapshot {
            listener: self.listener.ok_or_else(missing)?,
            lock: self.lock.ok_or_else(missing)?,
            backlog: BacklogSnapshot {
                newest,
                began,
                floor,
                evicted,
                floors: self.floors,
                updates: self.events,
            },
            streams: self.streams,
            joining: self.joining,
            connections: self.connections,
        })
    }
}

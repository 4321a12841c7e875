//! The old hub's side.

use std::{
    env,
    io::{self, ErrorKind, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Child, Command, Stdio},
    time::Instant,
};

use hub_protocol::{Hello, encode, socket};

use super::{
    DONE, PATIENCE, TAKE_OVER,
    record::{ConnectionRecord, JoiningRecord, Record, StreamRecord},
};
use crate::{
    backlog::Backlog,
    control::{Connection, Listener},
    core::Joining,
    shard::Stream,
};

/// What a hub has to leave.
pub(crate) struct Legacy<'a> {
    pub(crate) listener: &'a Listener,
    pub(crate) backlog: &'a Backlog,
    pub(crate) streams: &'a [Stream],
    /// Streams that wait for Redis.
    pub(crate) joining: &'a [Joining],
    pub(crate) connections: &'a [&'a Connection],
}

/// The other end of what the new hub reads.
struct Giver {
    channel: UnixStream,
    heir: Child,
}

/// Starts the new hub, and passes everything on. When this returns it serves; its process id is the answer.
///
/// # Errors
///
/// In words: there is no new hub, and the old one has to go on.
pub(crate) fn hand_on(legacy: &Legacy<'_>) -> Result<u32, String> {
    let mut giver = start().map_err(|error| format!("the new hub cannot be started: {error}"))?;
    let passed_on = giver.give(legacy);
    passed_on.and_then(|()| giver.part()).map(|()| giver.heir.id()).map_err(|error| {
        // It must not serve, whatever it has got.
        drop(giver.heir.kill());
        drop(giver.heir.wait());
        format!("the new hub did not take over: {error}")
    })
}

fn start() -> io::Result<Giver> {
    let (channel, theirs) = UnixStream::pair()?;
    channel.set_read_timeout(Some(PATIENCE))?;
    channel.set_write_timeout(Some(PATIENCE))?;
    let mut arguments: Vec<_> = env::args_os().skip(1).collect();
    if !arguments.iter().any(|argument| argument == TAKE_OVER) {
        arguments.push(TAKE_OVER.into());
    }
    let heir = Command::new(program()?)
        .args(arguments)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .spawn()?;
    Ok(Giver { channel, heir })
}

/// What stands where this program was started from: by now another one, as a rule.
fn program() -> io::Result<std::path::PathBuf> {
    let path = env::current_exe()?;
    let replaced = path.to_str().and_then(|path| path.strip_suffix(" (deleted)"));
    Ok(replaced.map_or_else(|| path.clone(), Into::into))
}

impl Giver {
    fn give(&self, legacy: &Legacy<'_>) -> io::Result<()> {
        let Legacy { listener, backlog, streams, joining, connections } = *legacy;
        let now = Instant::now();
        (&self.channel).write_all(&Hello::OURS.to_bytes())?;
        self.send(&Record::Listener, Some(listener.socket().as_fd()))?;
        self.send(&Record::Lock, Some(listener.lock().as_fd()))?;
        self.give_backlog(backlog, now)?;
        for stream in streams {
            let record = Record::Stream(StreamRecord::new(stream, now));
            self.send(&record, Some(stream.socket.as_fd()))?;
        }
        for joining in joining {
            let record = Record::Joining(JoiningRecord::new(joining));
            self.send(&record, Some(joining.socket.as_fd()))?;
        }
        for connection in connections {
            self.give_connection(connection)?;
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
        for event in backlog.events() {
            if let Some(publication) = event.publication() {
                self.send(&Record::Event(event.id, publication, ago(event.arrived)), None)?;
            }
        }
        Ok(())
    }

    fn give_connection(&self, connection: &Connection) -> io::Result<()> {
        let leases =
            connection.lease.as_ref().map(|lease| lease.keys().map(str::to_owned).collect());
        let (greeted, unread, unsent) = connection.state();
        let record =
            ConnectionRecord { greeted, unread: unread.into(), unsent: unsent.into(), leases };
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
        let bytes = encode(record).map_err(io::Error::other)?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let sent = socket::send(&self.channel, rest, descriptor.take())?;
            rest = &rest[sent..];
        }
        Ok(())
    }

    /// Waits for the new hub's word, and says farewell.
    fn part(&mut self) -> io::Result<()> {
        let mut word = [0];
        self.channel.read_exact(&mut word)?;
        if word != [DONE] {
            return Err(ErrorKind::InvalidData.into());
        }
        self.channel.write_all(&[DONE])
    }
}

//! Connections to the hub: one that a process keeps for what it publishes, and one for each stream.

use std::fs::symlink_metadata;
use std::io::{self, ErrorKind};
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::PathBuf;
use std::time::Instant;

use hub_protocol::place::group_id;
use hub_protocol::{Client, ClientError, Reply, Request, Response, Subscription};
use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_peercred;
use rustix::process::{Uid, geteuid};

use super::breaker::Breaker;
use super::outage::OUTAGE;
use super::{HubError, PATIENCE, Settings, spawn};
use crate::sapi::process::forks;
use crate::sapi::unshared::Unshared;

/// Opens when a hub that listens does not answer.
static ANSWERS: Breaker = Breaker::new();

/// Opens when no hub can be started. One that somebody else starts is found meanwhile.
static STARTS: Breaker = Breaker::new();

/// The connection that this process keeps.
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

struct Kept {
    client: Line,
    socket: PathBuf,
    /// The process it belongs to: a forked child must not speak on it.
    forks: u32,
}

/// A connection to a hub. Forks do not share it: what the hub holds for it would be held for as long as they
/// live.
#[derive(Debug)]
pub(super) struct Line {
    _unshared: Unshared,
    client: Client,
}

impl Line {
    fn new(client: Client) -> Self {
        Self { _unshared: Unshared::new(client.as_fd().as_raw_fd()), client }
    }
}

impl Deref for Line {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Line {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// A place under limits, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Lease {
    line: Line,
    /// Whether the hub has said that a younger stream has the place, which it says once.
    dropped: bool,
}

impl Lease {
    pub(super) fn new(line: Line) -> Self {
        Self { line, dropped: false }
    }

    /// The descriptor that is readable when something has become of it.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.line.as_fd().as_raw_fd()
    }

    /// What has become of it.
    pub(crate) fn look(&mut self) -> Standing {
        if !self.dropped {
            // It may have come with the answer before.
            let said = match self.line.next_reply() {
                Ok(None) if is_silent(&self.line) => return Standing::Held,
                Ok(None) => self.line.fill().and_then(|()| self.line.next_reply()),
                said => said,
            };
            match said {
                Ok(Some(Reply::Dropped)) => self.dropped = true,
                Ok(None) => return Standing::Held,
                _ => return Standing::Gone,
            }
        }
        Standing::Dropped
    }
}

/// What has become of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The hub keeps the place.
    Held,
    /// A younger stream has it.
    Dropped,
    /// With its hub.
    Gone,
}

/// Asks on the connection that is kept; it is made anew if the hub has closed it meanwhile.
pub(super) fn ask(settings: &Settings, request: &Request) -> Result<Reply, HubError> {
    let mut client = match take_kept(settings) {
        Some(client) => client,
        None => connect(settings)?,
    };
    let reply = call(&mut client, request, None)?;
    let (socket, forks) = (settings.socket.clone(), forks());
    *KEPT.lock() = Some(Kept { client, socket, forks });
    Ok(reply)
}

/// Asks, and notes whether there was an answer.
pub(super) fn call(
    client: &mut Client,
    request: &Request,
    connection: Option<BorrowedFd<'_>>,
) -> Result<Reply, HubError> {
    let answer = client.call(request, connection, Instant::now() + PATIENCE);
    match &answer {
        Ok(_) => {
            ANSWERS.note(None, Instant::now());
            OUTAGE.note(true, Instant::now());
        }
        Err(error @ ClientError::TimedOut) => note_silence(error),
        // It has died, which costs nobody any time, and says nothing of the one that follows.
        Err(_) => {}
    }
    Ok(answer?)
}

fn take_kept(settings: &Settings) -> Option<Line> {
    let kept = KEPT.lock().take()?;
    if kept.forks != forks() {
        // The parent's: closing our copy of it does not end its conversation.
        return None;
    }
    (is_silent(&kept.client) && kept.socket == settings.socket).then_some(kept.client)
}

/// Whether nothing has come that nobody asked for: the end, above all.
fn is_silent(client: &Client) -> bool {
    let mut ends = [PollFd::new(client, PollFlags::IN)];
    poll(&mut ends, Some(&Timespec::default())) == Ok(0)
}

/// It listens, and does not answer.
fn note_silence(error: &ClientError) {
    ANSWERS.note(Some(error.to_string()), Instant::now());
    OUTAGE.note(false, Instant::now());
}

/// A new connection; a hub is started if there is none.
pub(super) fn connect(settings: &Settings) -> Result<Line, HubError> {
    let connected = match connect_to_running(settings) {
        Err(HubError::Absent(_)) if settings.spawns => start(settings),
        other => other,
    };
    if connected.is_err() {
        OUTAGE.note(false, Instant::now());
    }
    connected
}

/// A new connection to a hub that is there.
pub(super) fn connect_to_running(settings: &Settings) -> Result<Line, HubError> {
    let now = Instant::now();
    if !ANSWERS.is_closed(now) {
        return Err(HubError::Resting(ANSWERS.why()));
    }
    let client = Client::connect(&settings.socket, now + PATIENCE).map_err(|error| match error {
        // It listens, and has not taken anybody in for a while.
        ClientError::TimedOut => {
            note_silence(&error);
            error.into()
        }
        // It does not know this user, or is about to end.
        ClientError::Io(error) if is_hang_up(&error) => {
            HubError::Refused("it has closed the connection".to_owned())
        }
        error => HubError::Absent(format!(
            "{}: {error}; start one (sse-hub serve), or let the extension do it (sse.hub_spawn=1)",
            settings.socket.display()
        )),
    })?;
    check_owner(settings, client)
}

/// Who listens there would get our clients' connections, and what is published: it has to be this user's
/// hub, or root's, or that of the group that shares one.
fn check_owner(settings: &Settings, client: Client) -> Result<Line, HubError> {
    let owner = socket_peercred(&client).map(|peer| peer.uid);
    match owner {
        Ok(uid) if uid == geteuid() || uid.is_root() || is_shared(settings, uid) => {
            Ok(Line::new(client))
        }
        Ok(uid) => Err(HubError::Refused(format!(
            "{} is user {}'s, who is not trusted with it; name another place (sse.hub_socket), or the group \
             that shares a hub (sse.hub_group)",
            settings.socket.display(),
            uid.as_raw()
        ))),
        Err(error) => Err(HubError::Refused(error.to_string())),
    }
}

/// Whether this user has opened the socket to the group: nobody can give a file to a group without being
/// in it.
fn is_shared(settings: &Settings, owner: Uid) -> bool {
    let Ok(group) = group_id(&settings.group) else { return false };
    symlink_metadata(&settings.socket).is_ok_and(|socket| {
        socket.file_type().is_socket()
            && socket.uid() == owner.as_raw()
            && socket.gid() == group.as_raw()
    })
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
}

fn start(settings: &Settings) -> Result<Line, HubError> {
    if !STARTS.is_closed(Instant::now()) {
        return Err(HubError::Absent(format!(
            "it did not start a moment ago, and is not started again yet: {}",
            STARTS.why()
        )));
    }
    // It may be somebody else's that has come to be there meanwhile.
    let client = spawn::spawn(settings).and_then(|client| check_owner(settings, client));
    STARTS.note(client.as_ref().err().map(HubError::reason), Instant::now());
    client
}

/// A connection of a client's that the hub has accepted, and that is still ours.
pub(crate) struct Handing(Line);

/// Offers a connection to the hub. A lease goes with it; a hub that refuses the connection leaves it here.
///
/// # Errors
///
/// [`HubError`]: the connection is still ours.
pub(crate) fn hand_over(
    settings: &Settings,
    lease: &mut Option<Lease>,
    subscription: Subscription,
    response: Response,
    connection: BorrowedFd<'_>,
) -> Result<Handing, HubError> {
    if lease.as_mut().is_some_and(|lease| lease.look() == Standing::Dropped) {
        return Err(HubError::Dropped);
    }
    let is_leased = lease.is_some();
    let mut client = match lease.take() {
        Some(Lease { line, .. }) => line,
        None => connect(settings)?,
    };
    let request = Request::HandOver { subscription, response };
    match call(&mut client, &request, Some(connection))? {
        Reply::Accepted => Ok(Handing(client)),
        other => {
            *lease = is_leased.then(|| Lease::new(client));
            Err(HubError::from_reply(other))
        }
    }
}

impl Handing {
    /// Tells the hub that the connection is its own now: nothing of it is left here.
    ///
    /// # Errors
    ///
    /// [`HubError`] when the hub cannot be told; it closes its copy then, and the client comes back.
    pub(crate) fn commit(mut self) -> Result<(), HubError> {
        Ok(self.0.send(&Request::Commit, None, Instant::now() + PATIENCE)?)
    }
}

//! Connections to the hub: one that a process keeps for what it publishes, and one for each stream.

use std::ops::{Deref, DerefMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::path::{Path, PathBuf};
use std::time::Instant;

use hub_protocol::{Client, ClientError, Reply, Request, Response, Subscription};
use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::breaker::Breaker;
use super::finding::{Found, find, start_place};
use super::opening::{Trust, vet};
use super::outage::OUTAGE;
use super::{HubError, PATIENCE, Settings, spawn};
use crate::sapi::sys::process::forks;
use crate::sapi::sys::unshared::Unshared;

/// Opens when a hub that listens does not answer.
pub(super) static ANSWERS: Breaker = Breaker::new();

/// Opens when no hub can be started. One that somebody else starts is found meanwhile.
static STARTS: Breaker = Breaker::new();

/// The connection that this process keeps.
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

struct Kept {
    client: Line,
    /// What has led to it.
    settings: Settings,
    /// The process it belongs to: a forked child must not speak on it.
    forks: u32,
}

/// A connection to a hub. Forks do not share it: what the hub holds for it would be held for as long as they
/// live.
#[derive(Debug)]
pub(super) struct Line {
    _unshared: Unshared,
    client: Client,
    socket: PathBuf,
}

impl Line {
    pub(super) fn new(client: Client, socket: &Path) -> Self {
        let unshared = Unshared::new(client.as_fd().as_raw_fd());
        Self { _unshared: unshared, client, socket: socket.to_owned() }
    }

    /// Where the hub listens.
    pub(super) fn socket(&self) -> &Path {
        &self.socket
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
    let Found { line: mut client, is_settled } = match take_kept(settings) {
        Some(client) => Found::settled(client),
        None => find_or_start(settings)?,
    };
    let reply = call(&mut client, request, None)?;
    if is_settled {
        let settings = settings.clone();
        *KEPT.lock() = Some(Kept { client, settings, forks: forks() });
    }
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
    (is_silent(&kept.client) && kept.settings == *settings).then_some(kept.client)
}

/// Whether nothing has come that nobody asked for: the end, above all.
fn is_silent(client: &Client) -> bool {
    let mut ends = [PollFd::new(client, PollFlags::IN)];
    poll(&mut ends, Some(&Timespec::default())) == Ok(0)
}

/// It listens, and does not answer.
pub(super) fn note_silence(error: &ClientError) {
    ANSWERS.note(Some(error.to_string()), Instant::now());
    OUTAGE.note(false, Instant::now());
}

/// A new connection; a hub is started if there is none.
pub(super) fn connect(settings: &Settings) -> Result<Line, HubError> {
    find_or_start(settings).map(|found| found.line)
}

fn find_or_start(settings: &Settings) -> Result<Found, HubError> {
    let found = match find(settings) {
        Err(HubError::Absent(_)) if settings.spawns => {
            let line = start(settings)?;
            Ok(Found { line, is_settled: settings.socket.is_some() || settings.serves })
        }
        other => other,
    };
    if found.is_err() {
        OUTAGE.note(false, Instant::now());
    }
    found
}

fn start(settings: &Settings) -> Result<Line, HubError> {
    if !STARTS.is_closed(Instant::now()) {
        return Err(HubError::Absent(format!(
            "it did not start a moment ago, and is not started again yet: {}",
            STARTS.why()
        )));
    }
    // It may be somebody else's that has come to be there meanwhile.
    let place = start_place(settings);
    let trust = place.owner.map_or(Trust::Named, |(uid, _)| Trust::Owner(uid));
    let line = spawn::spawn(settings, &place)
        .and_then(|client| vet(settings, &place.socket, trust, client));
    STARTS.note(line.as_ref().err().map(HubError::reason), Instant::now());
    line
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

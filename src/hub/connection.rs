//! A connection to a hub: one request and its answer, and a hub that does not answer.

use std::ops::{Deref, DerefMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::time::Instant;

use hub_protocol::{Client, ClientError, Reply, Request};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::breaker::Breaker;
use super::error::HubError;
use super::outage::OUTAGE;
use super::settings::PATIENCE;
use crate::sapi::sys::unshared::Unshared;

/// Opens when a hub that listens does not answer.
pub(super) static ANSWERS: Breaker = Breaker::new();

/// A connection to a hub. Forks do not share it: what the hub holds for it would be held for as long as they
/// live.
#[derive(Debug)]
pub(super) struct HubConnection {
    _unshared: Unshared,
    client: Client,
    socket: PathBuf,
}

impl HubConnection {
    pub(super) fn new(client: Client, socket: &Path) -> Self {
        let unshared = Unshared::new(client.as_fd().as_raw_fd());
        Self { _unshared: unshared, client, socket: socket.to_owned() }
    }

    /// Where the hub listens.
    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Deref for HubConnection {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for HubConnection {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// Asks, and notes whether there was an answer.
pub(super) fn exchange(
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

/// Whether nothing has come that nobody asked for: the end, above all.
pub(super) fn is_silent(client: &Client) -> bool {
    let mut ends = [PollFd::new(client, PollFlags::IN)];
    poll(&mut ends, Some(&Timespec::default())) == Ok(0)
}

/// It listens, and does not answer.
pub(super) fn note_silence(error: &ClientError) {
    ANSWERS.note(Some(error.to_string()), Instant::now());
    OUTAGE.note(false, Instant::now());
}

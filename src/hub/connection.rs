//! A connection to a hub: one request and its reply, and the note that a hub does not answer.

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

/// A connection to a hub. It is closed in forked children: the hub would keep what it holds for the connection for as
/// long as they live.
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

    /// The socket on which the hub listens.
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

/// Sends a request, and notes if the hub replied.
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
        // The hub has died: that costs nobody any time, and says nothing about the next hub.
        Err(_) => {}
    }
    Ok(answer?)
}

/// True if nothing has arrived unasked; the end of the connection would count, too.
pub(super) fn is_silent(client: &Client) -> bool {
    let mut ends = [PollFd::new(client, PollFlags::IN)];
    poll(&mut ends, Some(&Timespec::default())) == Ok(0)
}

/// Notes that the hub listens and does not reply.
pub(super) fn note_silence(error: &ClientError) {
    ANSWERS.note(Some(error.to_string()), Instant::now());
    OUTAGE.note(false, Instant::now());
}

//! The queue of publications to the writer, closed while Redis cannot be reached.
//!
//! The invariant: under the lock, a job is sent only while the link is up, or is being made for the first time; and
//! the writer takes the link down before it empties the queue. So no job is left in a queue that nobody reads.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use hub_protocol::Publication;
use parking_lot::Mutex;

/// The number of publications that may wait for Redis.
const WAITING: usize = 4096;

/// The reason for which a publication got no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendError {
    /// Redis cannot be reached; nothing was sent.
    Unavailable(Arc<str>),
    /// Redis replied an error.
    Refused(String),
    /// It was sent, and the reply was lost: it may be in the stream or not.
    Unknown(String),
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(reason) => {
                write!(f, "Redis cannot be reached, the event was not published: {reason}")
            }
            Self::Refused(reason) => {
                write!(f, "Redis refuses it, the event was not published: {reason}")
            }
            Self::Unknown(reason) => write!(
                f,
                "Redis was lost before it answered, it is unknown whether the event was published: \
                 {reason}"
            ),
        }
    }
}

impl Error for AppendError {}

/// A publication, and the ticket under which its id is awaited.
#[derive(Debug)]
pub(crate) struct Job<Ticket> {
    pub(crate) publication: Publication,
    pub(crate) ticket: Ticket,
}

#[derive(Debug)]
pub(crate) struct Link<Ticket> {
    state: Mutex<State<Ticket>>,
    /// Makes the writer ping when the reader, which is always waiting for Redis, has lost its connection. By
    /// itself the writer would notice only after it has sent a publication, whose fate is unknown then.
    ping_requests: Sender<()>,
}

#[derive(Debug)]
struct State<Ticket> {
    /// `None` once the hub shuts down.
    jobs: Option<Sender<Job<Ticket>>>,
    /// The reason for which nothing can be published; `None` while it can.
    down: Option<Arc<str>>,
}

/// The writer's end.
#[derive(Debug)]
pub(crate) struct Jobs<Ticket> {
    pub(crate) jobs: Receiver<Job<Ticket>>,
    pub(crate) ping_requests: Receiver<()>,
}

impl<Ticket> Link<Ticket> {
    pub(crate) fn new() -> (Self, Jobs<Ticket>) {
        let (to_jobs, jobs) = crossbeam_channel::bounded(WAITING);
        let (ping_requests_sender, ping_requests) = crossbeam_channel::bounded(1);
        let state = Mutex::new(State { jobs: Some(to_jobs), down: None });
        (Self { state, ping_requests: ping_requests_sender }, Jobs { jobs, ping_requests })
    }

    pub(crate) fn send(&self, job: Job<Ticket>) -> Result<(), (Ticket, AppendError)> {
        let state = self.state.lock();
        let Some(jobs) = &state.jobs else {
            return Err((job.ticket, AppendError::Unavailable("the hub is shutting down".into())));
        };
        if let Some(reason) = &state.down {
            return Err((job.ticket, AppendError::Unavailable(Arc::clone(reason))));
        }
        jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(job) | TrySendError::Disconnected(job) => {
                let reason = format!("{WAITING} events wait for it already");
                (job.ticket, AppendError::Unavailable(reason.into()))
            }
        })
    }

    pub(crate) fn set_up(&self) {
        self.state.lock().down = None;
    }

    /// Refuses publications from now on, for this reason.
    pub(crate) fn set_down(&self, reason: &str) {
        self.state.lock().down = Some(reason.into());
    }

    pub(crate) fn request_ping(&self) {
        // When it is full, a ping is due already.
        let _ = self.ping_requests.try_send(());
    }

    pub(crate) fn close(&self) {
        self.state.lock().jobs = None;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state.lock().jobs.is_none()
    }
}

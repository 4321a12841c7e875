//! Whether publishing is possible just now, and the way to the writer.
//!
//! The invariant: a job is sent only while the link is up, or is being made for the first time, under the
//! lock; and the writer takes the link down before it empties the queue. So no job is left behind where
//! nobody looks.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use hub_protocol::Publication;
use parking_lot::Mutex;

/// How many publications may wait for Redis.
const WAITING: usize = 4096;

/// Why a publication has no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendError {
    /// Redis cannot be reached; nothing was sent.
    Unavailable(Arc<str>),
    /// Redis has answered that it will not.
    Refused(String),
    /// It was sent, and the answer was lost: it is unknown whether it is in the stream.
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

/// A publication, and who waits for its id.
#[derive(Debug)]
pub(crate) struct Job<Ticket> {
    pub(crate) publication: Publication,
    pub(crate) ticket: Ticket,
}

#[derive(Debug)]
pub(crate) struct Link<Ticket> {
    state: Mutex<State<Ticket>>,
    /// Has the writer look whether its connection is alive, when the reader has lost its own: that is seen
    /// at once. The writer would see it when it has sent something, and not know what became of that.
    ping_requests: Sender<()>,
}

#[derive(Debug)]
struct State<Ticket> {
    /// `None` when the hub ends.
    jobs: Option<Sender<Job<Ticket>>>,
    /// Why nothing can be published.
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
            return Err((job.ticket, AppendError::Unavailable("the hub ends".into())));
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

    /// Nothing more is sent.
    pub(crate) fn set_down(&self, reason: &str) {
        self.state.lock().down = Some(reason.into());
    }

    pub(crate) fn request_ping(&self) {
        // When it is full, the writer is told already.
        let _ = self.ping_requests.try_send(());
    }

    pub(crate) fn close(&self) {
        self.state.lock().jobs = None;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state.lock().jobs.is_none()
    }
}

//! Whether publishing is possible just now, and the way to the writer.
//!
//! The invariant: a job is sent only while the link is up, or is being made for the first time, under the
//! lock; and the writer takes the link down before it empties the queue. So no job is left behind where
//! nobody looks.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use parking_lot::Mutex;

use crate::writer::{AppendError, Job};

/// How many publications may wait for Redis.
const WAITING: usize = 4096;

#[derive(Debug)]
pub(crate) struct Link<Ticket> {
    state: Mutex<State<Ticket>>,
    /// Has the writer look whether its connection is alive, when the reader has lost its own: that is seen
    /// at once. The writer would see it when it has sent something, and not know what became of that.
    doubts: Sender<()>,
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
    pub(crate) doubts: Receiver<()>,
}

impl<Ticket> Link<Ticket> {
    pub(crate) fn new() -> (Self, Jobs<Ticket>) {
        let (to_jobs, jobs) = crossbeam_channel::bounded(WAITING);
        let (to_doubts, doubts) = crossbeam_channel::bounded(1);
        let state = Mutex::new(State { jobs: Some(to_jobs), down: None });
        (Self { state, doubts: to_doubts }, Jobs { jobs, doubts })
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

    pub(crate) fn up(&self) {
        self.state.lock().down = None;
    }

    /// Nothing more is sent.
    pub(crate) fn down(&self, reason: &str) {
        self.state.lock().down = Some(reason.into());
    }

    pub(crate) fn doubt(&self) {
        // When it is full, the writer is told already.
        let _ = self.doubts.try_send(());
    }

    pub(crate) fn end(&self) {
        self.state.lock().jobs = None;
    }

    pub(crate) fn ended(&self) -> bool {
        self.state.lock().jobs.is_none()
    }
}

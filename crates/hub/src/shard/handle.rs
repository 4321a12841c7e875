//! The core's handle of a shard: starts its thread, and queues commands for it.
//!
//! The invariant: the queue is bounded, in commands and in bytes of updates. The core waits for a shard that is
//! further behind.

use std::cell::Cell;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crossbeam_channel::{Sender, bounded};
use rustix::event::{EventfdFlags, eventfd};

use super::command::Command;
use super::event_loop::EventLoop;
use super::groups::Groups;
use super::positions::{PositionTracker, Retention};
use crate::encoders::EncoderMemory;
use crate::metrics::counters::Counters;
use crate::update::Update;

/// The number of commands that may wait.
const COMMANDS: usize = 16 * 1024;

/// A mark follows each so many bytes of updates, and the core waits while so many marks are not reached.
const MARK_EVERY: usize = 8 * 1024 * 1024;
const MARKS: usize = 2;

/// The core's handle of a shard.
#[derive(Debug)]
pub(crate) struct Shard {
    commands: Sender<Command>,
    /// One for each mark that the thread has not reached yet.
    marks: Sender<()>,
    /// The number of bytes of updates after the last mark.
    unmarked: Cell<usize>,
    /// Wakes the thread from its wait for events.
    waker: Arc<OwnedFd>,
    thread: JoinHandle<()>,
}

impl Shard {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the system has no thread or descriptor left.
    pub(crate) fn start(
        queue_limit: usize,
        retention: Retention,
        encoders: Arc<EncoderMemory>,
        counters: Arc<Counters>,
    ) -> io::Result<Self> {
        let waker = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (commands, received) = bounded(COMMANDS);
        let (marks, unreached) = bounded(MARKS);
        let positions = PositionTracker::new(retention, Instant::now());
        let receivers = (received, unreached);
        let (waking, groups) = (Arc::clone(&waker), Groups::new(encoders));
        let event_loop =
            EventLoop::new(waking, receivers, queue_limit, positions, groups, counters)?;
        let thread =
            thread::Builder::new().name("shard".to_owned()).spawn(move || event_loop.run())?;
        Ok(Self { commands, marks, unmarked: Cell::new(0), waker, thread })
    }

    /// Queues a command, to be executed after all before it.
    pub(crate) fn send(&self, command: Command) {
        // The thread ends only after the last command.
        if self.commands.send(command).is_ok() {
            let _ = rustix::io::write(&self.waker, &1_u64.to_ne_bytes());
        }
    }

    /// Queues an update to be delivered.
    pub(crate) fn deliver(&self, update: &Arc<Update>) {
        let bytes = self.unmarked.get() + update.size();
        self.unmarked.set(bytes);
        self.send(Command::Deliver(Arc::clone(update)));
        if bytes >= MARK_EVERY && self.marks.send(()).is_ok() {
            self.unmarked.set(0);
            self.send(Command::Mark);
        }
    }

    /// Waits until the thread has ended, which it does after the last command.
    pub(crate) fn join(self) {
        drop(self.thread.join());
    }
}

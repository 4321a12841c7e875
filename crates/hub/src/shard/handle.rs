//! The core's end of a shard: a thread, and the commands that it gets.

use std::{
    cell::Cell,
    io,
    os::fd::OwnedFd,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Instant,
};

use crossbeam_channel::{Sender, bounded};
use rustix::event::{EventfdFlags, eventfd};

use super::{
    command::Command,
    event_loop::EventLoop,
    positions::{PositionTracker, Retention},
};
use crate::{metrics::counters::Counters, update::Update};

/// How many commands may wait. The core waits for a shard that is further behind.
const COMMANDS: usize = 16 * 1024;

/// After so many bytes of events there is a mark among the commands, and not more than so many marks: the core
/// waits for a shard that is further behind.
const MARK_EVERY: usize = 8 * 1024 * 1024;
const MARKS: usize = 2;

/// The core's end of a shard.
#[derive(Debug)]
pub(crate) struct Shard {
    commands: Sender<Command>,
    /// One for each mark that the thread has not yet come to.
    marks: Sender<()>,
    /// How many bytes of events came after the last mark.
    unmarked: Cell<usize>,
    bell: Arc<OwnedFd>,
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
        counters: Arc<Counters>,
    ) -> io::Result<Self> {
        let bell = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (commands, receiver) = bounded(COMMANDS);
        let (marks, come_to) = bounded(MARKS);
        let course = PositionTracker::new(retention, Instant::now());
        let orders = (receiver, come_to);
        let work = EventLoop::new(Arc::clone(&bell), orders, queue_limit, course, counters)?;
        let thread = thread::Builder::new().name("shard".to_owned()).spawn(move || work.run())?;
        Ok(Self { commands, marks, unmarked: Cell::new(0), bell, thread })
    }

    /// Has a command obeyed, after all before it.
    pub(crate) fn send(&self, command: Command) {
        // The thread ends only after a command that is the last one.
        if self.commands.send(command).is_ok() {
            let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
        }
    }

    /// Has an event delivered.
    pub(crate) fn deliver(&self, event: &Arc<Update>) {
        let bytes = self.unmarked.get() + event.size();
        self.unmarked.set(bytes);
        self.send(Command::Deliver(Arc::clone(event)));
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

//! Runs many simulated clients on a few threads.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use parking_lot::Mutex;
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;

use crate::group::Group;
use crate::plan::Plan;
use crate::published::Published;
use crate::tally::{Counts, Report};

/// The most ready connections that are taken from the kernel at once.
const BATCH: usize = 256;

/// The longest wait, after which the thread checks if it has to end.
const TICK: Duration = Duration::from_millis(10);

/// Clients that connect, stay or leave, and account for what they get, until they are dispersed.
#[derive(Debug)]
pub struct Crowd {
    groups: Vec<Arc<Mutex<Group>>>,
    threads: Vec<JoinHandle<io::Result<()>>>,
    ended: Arc<AtomicBool>,
}

impl Crowd {
    /// Starts the clients of the plan, and does not wait for them.
    ///
    /// # Errors
    ///
    /// When there is no epoll, or no thread.
    pub fn gather(plan: &Plan, published: &Arc<Published>) -> io::Result<Self> {
        Self::gather_on(plan, &[Arc::clone(published)])
    }

    /// Starts clients on several topics, each with its own events; each client follows one topic.
    ///
    /// # Errors
    ///
    /// When there is no epoll, or no thread.
    pub fn gather_on(plan: &Plan, topics: &[Arc<Published>]) -> io::Result<Self> {
        let published: Arc<[_]> = topics.into();
        let ended = Arc::new(AtomicBool::new(false));
        let (mut groups, mut threads) = (Vec::new(), Vec::new());
        for turn in 0..plan.threads {
            let share = share(plan, turn);
            let epoll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC)?);
            let latency = no_latencies()?;
            let group = Group::new(share, Arc::clone(&epoll), Arc::clone(&published), latency);
            let group = Arc::new(Mutex::new(group));
            groups.push(Arc::clone(&group));
            let ended = Arc::clone(&ended);
            let name = format!("crowd {turn}");
            threads.push(
                thread::Builder::new().name(name).spawn(move || drive(&group, &epoll, &ended))?,
            );
        }
        Ok(Self { groups, threads, ended })
    }

    /// The counts so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        self.groups.iter().for_each(|group| sum += group.lock().counts());
        sum
    }

    /// The number of clients that are connected and have all that has been published since they came.
    #[must_use]
    pub fn complete(&self) -> usize {
        self.groups.iter().map(|group| group.lock().complete()).sum()
    }

    /// The number of events that are still to come, over all clients.
    #[must_use]
    pub fn behind(&self) -> u64 {
        self.groups.iter().map(|group| group.lock().behind()).sum()
    }

    /// Makes restless clients stay from now on.
    pub fn settle(&self) {
        self.groups.iter().for_each(|group| group.lock().settle());
    }

    /// Discards the latencies so far.
    pub fn forget_latencies(&self) {
        self.groups.iter().for_each(|group| group.lock().forget_latencies());
    }

    /// The longest latency since then.
    #[must_use]
    pub fn longest_latency(&self) -> Duration {
        let longest = self.groups.iter().map(|group| group.lock().longest_latency()).max();
        Duration::from_micros(longest.unwrap_or(0))
    }

    /// Closes all connections, and returns the counts until then.
    ///
    /// # Errors
    ///
    /// When a thread had to give up.
    pub fn disperse(self) -> io::Result<Report> {
        self.ended.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().map_err(|_| io::Error::other("a thread of the crowd has panicked"))??;
        }
        let mut counts = Counts::default();
        let mut latency = no_latencies()?;
        for group in &self.groups {
            let report = group.lock().report();
            counts += report.counts;
            latency.add(report.latency).map_err(io::Error::other)?;
        }
        Ok(Report { counts, latency })
    }
}

/// Microseconds up to a minute, to three digits.
fn no_latencies() -> io::Result<Histogram<u32>> {
    Histogram::new_with_max(60_000_000, 3).map_err(io::Error::other)
}

/// The part of a plan that one of the threads has.
fn share(plan: &Plan, turn: usize) -> Plan {
    let of = |all: usize| all / plan.threads + usize::from(turn < all % plan.threads);
    Plan {
        clients: of(plan.clients),
        connecting: of(plan.connecting).max(1),
        seed: plan.seed.wrapping_add(turn as u64),
        ..plan.clone()
    }
}

fn drive(group: &Mutex<Group>, epoll: &OwnedFd, ended: &AtomicBool) -> io::Result<()> {
    let mut events = Vec::with_capacity(BATCH);
    while !ended.load(Ordering::Relaxed) {
        let wait = {
            let (mut group, time) = (group.lock(), Instant::now());
            group.run_timers(time);
            group.connect(time);
            group.next_timer().map_or(TICK, |timer| timer.saturating_duration_since(time).min(TICK))
        };
        let wait = Timespec::try_from(wait).map_err(io::Error::other)?;
        match epoll::wait(epoll, spare_capacity(&mut events), Some(&wait)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let (mut group, time) = (group.lock(), Instant::now());
        for event in events.drain(..) {
            // It is the number of a client, which was a usize.
            let number = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
            group.ready(number, event.flags, time);
        }
    }
    Ok(())
}

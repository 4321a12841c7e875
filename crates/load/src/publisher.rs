//! Publishes numbered events at a fixed pace.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::http::Connection;
use crate::payload::{Payload, now};
use crate::published::Published;

/// A way to publish.
pub trait Publish {
    /// Publishes an event with this data, and waits until the server has accepted it.
    ///
    /// # Errors
    ///
    /// When the server has not accepted it.
    fn publish(&mut self, data: &str) -> io::Result<()>;
}

/// The number of events, their size, and their pace.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The number of events.
    pub events: u64,
    /// Bytes of the data of each.
    pub size: usize,
    /// The time from the beginning of one to the beginning of the next.
    pub every: Duration,
}

/// Publishes at a pace, and returns when the last event was accepted.
///
/// # Errors
///
/// The first event that is not accepted ends it.
pub fn publish(
    by: &mut (impl Publish + ?Sized),
    pace: Pace,
    published: &Published,
) -> io::Result<()> {
    publish_each(by, pace, published, |payload| payload.to_data(pace.size))
}

/// Publishes what is made of the number and the time of each event, which have to be its first words.
///
/// # Errors
///
/// The first event that is not accepted ends it.
pub fn publish_each(
    by: &mut (impl Publish + ?Sized),
    pace: Pace,
    published: &Published,
    mut data: impl FnMut(Payload) -> String,
) -> io::Result<()> {
    let mut due = Instant::now();
    for _ in 0..pace.events {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        due += pace.every;
        let payload = Payload { sequence: published.begin(), published: now() };
        by.publish(&data(payload))?;
    }
    Ok(())
}

/// Publishes at a pace until it is ended, whatever fails: it is unknown if an event that was not accepted was
/// published.
#[derive(Debug)]
pub struct Flow {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Flow {
    /// Starts; the number of events in `pace` is ignored.
    ///
    /// # Errors
    ///
    /// When there is no thread for it.
    pub fn begin(
        mut by: impl Publish + Send + 'static,
        pace: Pace,
        published: &Arc<Published>,
    ) -> io::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let (until, published) = (Arc::clone(&ended), Arc::clone(published));
        let pace = Pace { events: 1, ..pace };
        let run = move || {
            let (mut doubts, mut last_was_taken) = (0, false);
            while !until.load(Ordering::Relaxed) || !last_was_taken {
                last_was_taken = publish(&mut by, pace, &published).is_ok();
                if !last_was_taken {
                    published.doubt(published.count() - 1);
                    doubts += 1;
                }
                thread::sleep(pace.every);
            }
            doubts
        };
        let thread = thread::Builder::new().name("publisher".to_owned()).spawn(run)?;
        Ok(Self { ended, thread })
    }

    /// Ends once an event was accepted, so that the last one is certain; returns the number of uncertain ones.
    ///
    /// # Errors
    ///
    /// When the publisher has panicked.
    pub fn end(self) -> io::Result<u64> {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the publisher has panicked"))
    }
}

/// Publishes by a POST of the data to a path.
impl Publish for (Connection, String) {
    fn publish(&mut self, data: &str) -> io::Result<()> {
        match self.0.post(&self.1, data.as_bytes())? {
            (200..300, _) => Ok(()),
            (status, _) => Err(io::Error::other(format!("publishing was answered with {status}"))),
        }
    }
}

impl<P: Publish + ?Sized> Publish for Box<P> {
    fn publish(&mut self, data: &str) -> io::Result<()> {
        (**self).publish(data)
    }
}

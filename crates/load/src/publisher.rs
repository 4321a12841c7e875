//! Events at a pace, each numbered and stamped.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use crate::{Connection, Payload, Published, now};

/// A way to publish.
pub trait Publish {
    /// Publishes an event with this data, and waits until it is taken.
    ///
    /// # Errors
    ///
    /// When it has not been taken.
    fn publish(&mut self, data: &str) -> io::Result<()>;
}

/// How many events, how large, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many events there are.
    pub events: u64,
    /// Bytes of the data of each.
    pub size: usize,
    /// From the beginning of one to the beginning of the next.
    pub every: Duration,
}

/// Publishes at a pace, and returns when the last one has been taken.
///
/// # Errors
///
/// The first event that is not taken ends it.
pub fn publish(by: &mut impl Publish, pace: Pace, published: &Published) -> io::Result<()> {
    let mut due = Instant::now();
    for _ in 0..pace.events {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        due += pace.every;
        let payload = Payload { sequence: published.begin(), published: now() };
        by.publish(&payload.to_data(pace.size))?;
    }
    Ok(())
}

/// By a POST of the data to a path.
impl Publish for (Connection, String) {
    fn publish(&mut self, data: &str) -> io::Result<()> {
        match self.0.post(&self.1, data.as_bytes())? {
            (200..300, _) => Ok(()),
            (status, _) => Err(io::Error::other(format!("publishing was answered with {status}"))),
        }
    }
}

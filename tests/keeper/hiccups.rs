//! Measures how late this machine wakes up a thread that sleeps: no server is to blame for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Watches the machine for as long as it lives.
pub(crate) struct Hiccups {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl Hiccups {
    /// Begins to watch.
    pub(crate) fn watch() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let over = Arc::clone(&over);
            move || longest(&over)
        });
        Self { over, thread }
    }

    /// The longest that anybody was let sleep beyond his time.
    pub(crate) fn longest(self) -> Duration {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn longest(over: &AtomicBool) -> Duration {
    const NAP: Duration = Duration::from_millis(2);
    let mut longest = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        let before = Instant::now();
        thread::sleep(NAP);
        longest = longest.max(before.elapsed().saturating_sub(NAP));
    }
    longest
}

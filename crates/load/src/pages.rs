//! Measures how many plain requests per second a server answers.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::http::Connection;

/// Clients that request a page again and again.
#[derive(Debug)]
pub struct Pages {
    ended: Arc<AtomicBool>,
    answers: Arc<AtomicU64>,
    failures: Arc<AtomicU64>,
    begun: Instant,
    threads: Vec<JoinHandle<()>>,
}

/// The number of answers to requests for a page.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Answers with status 200.
    pub answers: u64,
    /// All other responses, and requests without one within 10 seconds.
    pub failures: u64,
    /// The answers, by the second.
    pub per_second: f64,
}

impl Pages {
    /// Starts `clients` of them, each with a connection that is kept.
    ///
    /// # Errors
    ///
    /// When there is no thread for one.
    pub fn begin(server: SocketAddr, path: &str, clients: usize) -> io::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let (answers, failures) = <(Arc<AtomicU64>, Arc<AtomicU64>)>::default();
        let begun = Instant::now();
        let threads = (0..clients).map(|_| {
            let (path, ended) = (path.to_owned(), Arc::clone(&ended));
            let (answers, failures) = (Arc::clone(&answers), Arc::clone(&failures));
            let ask = move || {
                while !ended.load(Ordering::Relaxed) {
                    if ask_until_failure(server, &path, &ended, &answers).is_err() {
                        failures.fetch_add(1, Ordering::Relaxed);
                    }
                }
            };
            thread::Builder::new().name("pages".to_owned()).spawn(ask)
        });
        let threads = threads.collect::<io::Result<_>>()?;
        Ok(Self { ended, answers, failures, begun, threads })
    }

    /// The rate so far.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let answers = self.answers.load(Ordering::Relaxed);
        let failures = self.failures.load(Ordering::Relaxed);
        #[allow(clippy::cast_precision_loss, reason = "they are far fewer than 2^52")]
        let per_second = answers as f64 / self.begun.elapsed().as_secs_f64();
        Rate { answers, failures, per_second }
    }

    /// Stops them, and returns the rate until now.
    #[must_use]
    pub fn end(self) -> Rate {
        let rate = self.rate();
        self.ended.store(true, Ordering::Relaxed);
        for thread in self.threads {
            // One that has panicked has sent fewer requests.
            let _ = thread.join();
        }
        rate
    }
}

fn ask_until_failure(
    server: SocketAddr,
    path: &str,
    ended: &AtomicBool,
    answers: &AtomicU64,
) -> io::Result<()> {
    let mut connection = Connection::open(server)?;
    while !ended.load(Ordering::Relaxed) {
        match connection.get(path)? {
            (200, _) => answers.fetch_add(1, Ordering::Relaxed),
            (status, _) => return Err(io::Error::other(format!("status {status}"))),
        };
    }
    Ok(())
}

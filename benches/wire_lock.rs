//! Prints what the wire lock costs on the path of one event, beside `parking_lot::Mutex`.
//!
//! Both are timed in turn, in one run; the fastest fiftieth of many short rounds counts, as whatever else the
//! machine does can only slow a round down.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run panics")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]

#[allow(
    unused_imports,
    reason = "a check of all targets sees the tests in there, too, which nothing runs here"
)]
#[path = "../src/sapi/wire/lock.rs"]
mod lock;

use std::hint::black_box;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lock::WireLock;
use parking_lot::Mutex;
use rustix::net::{SendFlags, send};

const ROUNDS: usize = 8000;
const EVENTS_PER_ROUND: u32 = 500;
/// How often the keeper tries the lock here: far more often than it does for a heartbeat.
const KEEPER: Duration = Duration::from_micros(50);

fn main() {
    let (wire, general) = (WireLock::new(0), Mutex::new(0));
    let taken = || *black_box(&wire).try_lock().unwrap() += 1;
    let taken_generally = || *black_box(&general).try_lock().unwrap() += 1;
    println!("{:42}{:>12}{:>14}{:>8}", "ns an event", "wire lock", "parking_lot", "ratio");
    compare("lock, unlock", taken, taken_generally);
    let connection = Connection::new();
    let sent = || {
        let mut sent = wire.lock();
        *sent += connection.send();
        drop(sent);
        connection.receive();
    };
    let sent_generally = || {
        let mut sent = general.lock();
        *sent += connection.send();
        drop(sent);
        connection.receive();
    };
    compare("lock, send, unlock; receive", sent, sent_generally);
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                black_box((wire.try_lock().is_some(), general.try_lock().is_some()));
                thread::sleep(KEEPER);
            }
        });
        compare("the same, beside a keeper that tries it", sent, sent_generally);
        ends.store(true, Ordering::Relaxed);
    });
}

/// A connection that takes each event at once.
struct Connection(UnixStream, UnixStream);

impl Connection {
    const EVENT: &[u8] = b"data: {\"price\": 101.25, \"volume\": 7}\n\n";

    fn new() -> Self {
        let (ours, theirs) = UnixStream::pair().unwrap();
        Self(ours, theirs)
    }

    fn send(&self) -> usize {
        send(&self.0, Self::EVENT, SendFlags::DONTWAIT | SendFlags::NOSIGNAL).unwrap()
    }

    fn receive(&self) {
        (&self.1).read_exact(&mut [0; Self::EVENT.len()]).unwrap();
    }
}

fn compare(name: &str, mut wire: impl FnMut(), mut general: impl FnMut()) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(time(&mut wire));
        theirs.push(time(&mut general));
    }
    let (ours, theirs) = (fast(ours), fast(theirs));
    println!("{name:42}{ours:>12.1}{theirs:>14.1}{:>8.3}", theirs / ours);
}

/// Returns how long one of a round's events takes, in nanoseconds.
fn time(event: &mut impl FnMut()) -> f64 {
    let began = Instant::now();
    for _ in 0..EVENTS_PER_ROUND {
        event();
    }
    began.elapsed().as_secs_f64() * 1e9 / f64::from(EVENTS_PER_ROUND)
}

/// Returns the slowest of the fastest fiftieth.
fn fast(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 50]
}

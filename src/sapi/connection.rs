//! The connection of a stream, as PHP's own output sees it.

use std::time::{Duration, Instant};

use rustix::event::{Timespec, poll};
use rustix::io::Errno;

use super::{Server, engine, hooks, output};
use crate::stream::{Connection, Interrupted, StopReason, Tail, Woken, Written};

/// The connection of a stream, as PHP's own output sees it.
#[derive(Debug)]
pub(crate) struct PhpConnection {
    route: Route,
}

/// Which way frames go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// To the server, past output buffers that the script has opened since: a frame is no page
    /// fragment to be captured.
    Server,
    /// Through PHP's output layer, so that whoever captures the output captures the stream.
    OutputLayer,
}

impl PhpConnection {
    /// The longest sleep at a stretch; the caller simply sleeps again.
    const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

    /// The connection of this request.
    pub(crate) fn new(server: Server) -> Self {
        Self { route: if server.has_response() { Route::Server } else { Route::OutputLayer } }
    }
}

/// Sends what the script echoed and nobody flushed.
fn flush_echoed() -> Result<(), Interrupted> {
    if hooks::has_unflushed() { output::without_abort(output::flush) } else { Ok(()) }
}

impl Connection for PhpConnection {
    fn write(&self, bytes: &[u8]) -> Result<Written, Interrupted> {
        output::without_abort(|| match self.route {
            Route::Server => {
                hooks::write(bytes);
                output::flush();
            }
            Route::OutputLayer => {
                output::layer_write(bytes);
                if output::level() == 0 {
                    output::flush();
                }
            }
        })?;
        Ok(self.stop_reason().map_or(Written::Whole, Written::Stopped))
    }

    fn tail(&self) -> Tail {
        match self.route {
            Route::Server => None,
            Route::OutputLayer => output::buffered_tail(),
        }
        .unwrap_or_else(hooks::tail)
    }

    fn stop_reason(&self) -> Option<StopReason> {
        output::client_is_gone().then_some(StopReason::ClientGone)
    }

    fn sleep_until(&self, deadline: Option<Instant>) -> Woken {
        // What the script echoed must not wait for its next frame.
        if flush_echoed().is_err() {
            return Woken { at: Instant::now(), early: true };
        }
        loop {
            let now = Instant::now();
            let left = deadline.map(|deadline| deadline.saturating_duration_since(now));
            let left = left.map_or(Self::LONGEST_SLEEP, |left| left.min(Self::LONGEST_SLEEP));
            if left.is_zero() {
                return Woken { at: now, early: false };
            }
            let interrupted = sleep(left) == Err(Errno::INTR);
            if interrupted && engine::has_something_to_run() {
                return Woken { at: Instant::now(), early: true };
            }
        }
    }
}

/// Sleeps, unless a signal comes.
fn sleep(length: Duration) -> Result<(), Errno> {
    let timeout = Timespec::try_from(length).map_err(|_| Errno::INVAL)?;
    poll(&mut [], Some(&timeout)).map(|_| ())
}

//! Serves `/metrics` to Prometheus by HTTP, on a thread of its own.
//!
//! Any user of the machine can connect there, so the thread shares nothing with the rest of the hub but the text of
//! the response.
//!
//! The invariant: no client there holds up anybody else: there are at most [`MAX_CONNECTIONS`] connections, each for
//! at most [`PATIENCE`], and when all are taken, a new one replaces the oldest.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::answer;

/// The most connections at once.
const MAX_CONNECTIONS: usize = 32;

/// The longest time that a connection lasts.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest head of a request, in bytes.
const LONGEST: usize = 8 * 1024;

/// The port, and the text that it serves.
#[derive(Debug)]
pub(crate) struct Scrapes(Arc<Mutex<Arc<str>>>);

impl Scrapes {
    /// Listens on the address, and serves this text until [`Scrapes::set`] replaces it.
    ///
    /// # Errors
    ///
    /// When it cannot listen, or there is no thread left.
    pub(crate) fn open(address: SocketAddr, text: String) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let text = Arc::new(Mutex::new(Arc::from(text)));
        let answers = Arc::clone(&text);
        // It ends with the process.
        thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(move || Work { listener, text: answers, visitors: VecDeque::new() }.run())?;
        Ok(Self(text))
    }

    /// Serves this text from now on.
    pub(crate) fn set(&self, text: String) {
        *self.0.lock() = text.into();
    }
}

/// The state of the thread.
struct Work {
    listener: TcpListener,
    text: Arc<Mutex<Arc<str>>>,
    /// The connections, the oldest first.
    visitors: VecDeque<Visitor>,
}

/// A client's connection.
struct Visitor {
    connection: TcpStream,
    until: Instant,
    received: Vec<u8>,
    /// The rest of the response to send, once the request is complete.
    answer: Option<VecDeque<u8>>,
}

impl Work {
    fn run(mut self) {
        loop {
            let ready = self.wait();
            let now = Instant::now();
            if ready {
                self.accept(now);
            }
            let text = Arc::clone(&self.text.lock());
            self.visitors.retain_mut(|visitor| visitor.until > now && visitor.go_on(&text));
        }
    }

    /// Waits until something happens; returns true if a client wants to connect.
    fn wait(&self) -> bool {
        let mut watched = vec![PollFd::new(&self.listener, PollFlags::IN)];
        watched.extend(self.visitors.iter().map(Visitor::watched));
        let until = self.visitors.front().map(|first| first.until);
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        if poll(&mut watched, left.as_ref()).is_err() {
            return false;
        }
        watched[0].revents().contains(PollFlags::IN)
    }

    fn accept(&mut self, now: Instant) {
        match self.listener.accept() {
            Ok((connection, _)) if connection.set_nonblocking(true).is_ok() => {
                if self.visitors.len() == MAX_CONNECTIONS {
                    self.visitors.pop_front();
                }
                let (until, received) = (now + PATIENCE, Vec::new());
                self.visitors.push_back(Visitor { connection, until, received, answer: None });
            }
            Err(error) if error.kind() != ErrorKind::WouldBlock => {
                // No descriptor is left: poll would report those that wait again and again.
                thread::sleep(Duration::from_millis(100));
            }
            _ => {}
        }
    }
}

impl Visitor {
    fn watched(&self) -> PollFd<'_> {
        let waits = self.answer.as_ref().is_some_and(|answer| !answer.is_empty());
        PollFd::new(&self.connection, if waits { PollFlags::OUT } else { PollFlags::IN })
    }

    /// Reads the request, and sends the response; returns false when the connection is over.
    fn go_on(&mut self, text: &str) -> bool {
        if self.answer.is_none() && !self.listen(text) {
            return false;
        }
        match &mut self.answer {
            None => true,
            Some(answer) if answer.is_empty() => self.see_off(),
            Some(_) => self.send(),
        }
    }

    /// Reads the request; returns false when the client is gone.
    fn listen(&mut self, text: &str) -> bool {
        let mut bytes = [0; 1024];
        match self.connection.read(&mut bytes) {
            Ok(0) => return false,
            Ok(length) => self.received.extend(&bytes[..length]),
            Err(error) => return is_temporary(&error),
        }
        self.answer = answer::to(&self.received, LONGEST, text).map(Into::into);
        true
    }

    fn send(&mut self) -> bool {
        let Some(answer) = &mut self.answer else { return true };
        while !answer.is_empty() {
            match self.connection.write(answer.as_slices().0) {
                Ok(sent) => drop(answer.drain(..sent)),
                Err(error) => return is_temporary(&error),
            }
        }
        self.connection.shutdown(Shutdown::Write).is_ok()
    }

    /// Reads and discards until the client has closed: closing first would reset the connection, and the response be
    /// lost.
    fn see_off(&mut self) -> bool {
        match self.connection.read(&mut [0; 1024]) {
            Ok(length) => length > 0,
            Err(error) => is_temporary(&error),
        }
    }
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

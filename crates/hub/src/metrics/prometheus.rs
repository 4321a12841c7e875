//! The port that Prometheus asks, by HTTP. Any user of the machine can connect there, so it has a thread of its
//! own, which shares nothing with the rest of the hub but the text that is answered.
//!
//! The invariant: nobody who connects there holds anybody else up: there are at most [`PLACES`] connections, each
//! for at most [`PATIENCE`], and who comes when all places are taken gets that of the one that came first.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::answer;

/// How many connections there are at most.
const PLACES: usize = 32;

/// How long a connection lasts at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest head of a request, in bytes.
const LONGEST: usize = 8 * 1024;

/// The port, and what is answered there.
#[derive(Debug)]
pub(crate) struct Scrapes(Arc<Mutex<Arc<str>>>);

impl Scrapes {
    /// Listens there, and answers this until it is told something newer.
    ///
    /// # Errors
    ///
    /// When that cannot be.
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

    /// Answers this from now on.
    pub(crate) fn set(&self, text: String) {
        *self.0.lock() = text.into();
    }
}

/// What the thread looks after.
struct Work {
    listener: TcpListener,
    text: Arc<Mutex<Arc<str>>>,
    /// Who came first stands first.
    visitors: VecDeque<Visitor>,
}

/// Who is connected.
struct Visitor {
    connection: TcpStream,
    until: Instant,
    said: Vec<u8>,
    /// What is left to be sent, once it is known what is asked.
    answer: Option<VecDeque<u8>>,
}

impl Work {
    fn run(mut self) {
        loop {
            let ready = self.wait();
            let now = Instant::now();
            if ready {
                self.let_in(now);
            }
            let text = Arc::clone(&self.text.lock());
            self.visitors.retain_mut(|visitor| visitor.until > now && visitor.go_on(&text));
        }
    }

    /// Waits until something happens; whether somebody wants to be let in.
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

    fn let_in(&mut self, now: Instant) {
        match self.listener.accept() {
            Ok((connection, _)) if connection.set_nonblocking(true).is_ok() => {
                if self.visitors.len() == PLACES {
                    self.visitors.pop_front();
                }
                let (until, said) = (now + PATIENCE, Vec::new());
                self.visitors.push_back(Visitor { connection, until, said, answer: None });
            }
            Err(error) if error.kind() != ErrorKind::WouldBlock => {
                // No descriptor is left: whoever waits would ring all the time.
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

    /// Reads what it has to say, and answers; whether there is more to do.
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

    /// Reads what is asked; false when it is gone.
    fn listen(&mut self, text: &str) -> bool {
        let mut bytes = [0; 1024];
        match self.connection.read(&mut bytes) {
            Ok(0) => return false,
            Ok(length) => self.said.extend(&bytes[..length]),
            Err(error) => return is_temporary(&error),
        }
        self.answer = answer::to(&self.said, LONGEST, text).map(Into::into);
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

    /// Reads what nobody needs until it has gone: to close before would be a reset, and the answer lost.
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

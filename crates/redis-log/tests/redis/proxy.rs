//! What stands between a hub and its Redis, or speaks in its place: it cuts, falls silent, and lies.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::server::Server;

/// What is said instead of an answer of Redis, to what was asked; `None` leaves it as it is.
pub(crate) type Lie = Box<dyn FnMut(&str) -> Option<Vec<u8>> + Send>;

#[derive(Default)]
struct State {
    lie: Mutex<Option<Lie>>,
    /// Connections with a lower number are silent for good.
    frozen: AtomicUsize,
    accepted: AtomicUsize,
    hangs_up: AtomicBool,
    ended: AtomicBool,
    open: Mutex<HashMap<usize, TcpStream>>,
}

pub(crate) struct Proxy {
    port: u16,
    state: Arc<State>,
}

impl Proxy {
    pub(crate) fn start(server: &Server) -> Self {
        Self::start_with(server, None, None)
    }

    /// One that closes connections that are idle for so long, or that have lasted so long.
    pub(crate) fn start_with(
        server: &Server,
        idle: Option<Duration>,
        lifetime: Option<Duration>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let (path, shared) = (server.socket(), Arc::clone(&state));
        thread::spawn(move || {
            for guest in listener.incoming().flatten() {
                let number = shared.accepted.fetch_add(1, Ordering::SeqCst);
                if shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                if shared.hangs_up.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(redis) = UnixStream::connect(&path) else { continue };
                let state = Arc::clone(&shared);
                state.open.lock().insert(number, guest.try_clone().unwrap());
                thread::spawn(move || {
                    relay(&guest, &redis, number, &state, idle, lifetime);
                    drop(guest.shutdown(Shutdown::Both));
                    drop(redis.shutdown(Shutdown::Both));
                    state.open.lock().remove(&number);
                });
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// From now on, this is said.
    pub(crate) fn lie(&self, lie: impl FnMut(&str) -> Option<Vec<u8>> + Send + 'static) {
        *self.state.lie.lock() = Some(Box::new(lie));
    }

    pub(crate) fn tell_the_truth(&self) {
        *self.state.lie.lock() = None;
    }

    /// What is connected now hears nothing any more, and is not told that it is alone.
    pub(crate) fn freeze(&self) {
        self.state.frozen.store(self.accepted(), Ordering::SeqCst);
    }

    /// Accepts, and hangs up.
    pub(crate) fn hang_up(&self, hangs_up: bool) {
        self.state.hangs_up.store(hangs_up, Ordering::SeqCst);
        if hangs_up {
            self.cut();
        }
    }

    /// Closes what is connected now.
    pub(crate) fn cut(&self) {
        for guest in self.state.open.lock().values() {
            drop(guest.shutdown(Shutdown::Both));
        }
    }

    /// How many connections there have been.
    pub(crate) fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        self.cut();
    }
}

/// Relays until one of both ends, or the connection has been idle or lasted for too long.
fn relay(
    guest: &TcpStream,
    redis: &UnixStream,
    number: usize,
    state: &State,
    idle: Option<Duration>,
    lifetime: Option<Duration>,
) {
    guest.set_nonblocking(true).unwrap();
    redis.set_nonblocking(true).unwrap();
    let began = Instant::now();
    let mut passed = began;
    let mut asked = String::new();
    while !state.ended.load(Ordering::SeqCst) {
        let is_frozen = number < state.frozen.load(Ordering::SeqCst);
        let too_old = lifetime.is_some_and(|lifetime| began.elapsed() > lifetime);
        if too_old || idle.is_some_and(|idle| passed.elapsed() > idle) {
            return;
        }
        let moved = if is_frozen { Some(false) } else { pass(guest, redis, &mut asked, state) };
        let Some(moved) = moved else { return };
        if moved {
            passed = Instant::now();
        } else {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Passes on the bytes that have come from both ends, or a lie for an answer. Returns true if there were some,
/// and `None` once one end is gone. `asked` is the last question.
fn pass(
    mut guest: &TcpStream,
    mut redis: &UnixStream,
    asked: &mut String,
    state: &State,
) -> Option<bool> {
    let (question, answer) = (read(&mut guest), read(&mut redis));
    let (question, answer) = (question?, answer?);
    if !question.is_empty() {
        *asked = String::from_utf8_lossy(&question).into_owned();
        write(&mut redis, &question)?;
    }
    if !answer.is_empty() {
        let lie = state.lie.lock().as_mut().and_then(|lie| lie(asked));
        write(&mut guest, lie.as_ref().unwrap_or(&answer))?;
    }
    Some(!question.is_empty() || !answer.is_empty())
}

/// What has come; nothing if nothing has, `None` at the end.
fn read(from: &mut impl Read) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 64 * 1024];
    match from.read(&mut bytes) {
        Ok(0) => None,
        Ok(length) => Some(bytes[..length].to_vec()),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Some(Vec::new()),
        Err(_) => None,
    }
}

fn write(to: &mut impl Write, mut bytes: &[u8]) -> Option<()> {
    let end = Instant::now() + Duration::from_secs(20);
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock && Instant::now() < end => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(_) => return None,
        }
    }
    Some(())
}

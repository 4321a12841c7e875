//! A proxy between a hub and its Redis: it cuts connections, freezes them, and fakes replies.

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

/// Returns a reply in place of that of Redis to this request; `None` leaves it as it is.
pub(crate) type Fake = Box<dyn FnMut(&str) -> Option<Vec<u8>> + Send>;

#[derive(Default)]
struct State {
    fake: Mutex<Option<Fake>>,
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
            for client in listener.incoming().flatten() {
                let number = shared.accepted.fetch_add(1, Ordering::SeqCst);
                if shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                if shared.hangs_up.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(redis) = UnixStream::connect(&path) else { continue };
                let state = Arc::clone(&shared);
                state.open.lock().insert(number, client.try_clone().unwrap());
                thread::spawn(move || {
                    relay(&client, &redis, number, &state, idle, lifetime);
                    drop(client.shutdown(Shutdown::Both));
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

    /// Fakes replies from now on.
    pub(crate) fn fake_replies(&self, fake: impl FnMut(&str) -> Option<Vec<u8>> + Send + 'static) {
        *self.state.fake.lock() = Some(Box::new(fake));
    }

    pub(crate) fn pass_replies(&self) {
        *self.state.fake.lock() = None;
    }

    /// Passes nothing more on the present connections, and does not close them.
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
        for client in self.state.open.lock().values() {
            drop(client.shutdown(Shutdown::Both));
        }
    }

    /// The number of connections so far.
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
    client: &TcpStream,
    redis: &UnixStream,
    number: usize,
    state: &State,
    idle: Option<Duration>,
    lifetime: Option<Duration>,
) {
    client.set_nonblocking(true).unwrap();
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
        let moved = if is_frozen { Some(false) } else { pass(client, redis, &mut asked, state) };
        let Some(moved) = moved else { return };
        if moved {
            passed = Instant::now();
        } else {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Passes on the bytes that have come from both ends, or a fake reply. Returns true if there were some,
/// and `None` once one end is gone. `asked` is the last question.
fn pass(
    mut client: &TcpStream,
    mut redis: &UnixStream,
    asked: &mut String,
    state: &State,
) -> Option<bool> {
    let (question, answer) = (read(&mut client), read(&mut redis));
    let (question, answer) = (question?, answer?);
    if !question.is_empty() {
        *asked = String::from_utf8_lossy(&question).into_owned();
        write(&mut redis, &question)?;
    }
    if !answer.is_empty() {
        let fake = state.fake.lock().as_mut().and_then(|fake| fake(asked));
        write(&mut client, fake.as_ref().unwrap_or(&answer))?;
    }
    Some(!question.is_empty() || !answer.is_empty())
}

/// Reads the bytes that have come: empty if there are none yet, `None` at the end.
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

//! FrankenPHP: PHP runs in the threads of a Go program, which exports what PHP asks of it.
//!
//! The exported functions take the number of a PHP thread, so that any thread may call them in its place:
//! for the request that this thread answers, under the wire lock, as long as its response has not ended. The
//! number is the first word of `SG(server_context)` since FrankenPHP 1.12.4. It is believed only if this is memory
//! of the very thread that asks (those of `parallel` have the context of the one that started them), and if the
//! thread goes by the number (`php-1f`, as `ps -T` has it).
//!
//! The functions block for as long as the client takes nothing, and no deadline can be set. So a thread of
//! their own makes the keeper's calls (`wire::rounds`). The connection is looked for by the address of the client,
//! and cut off when the write timeout is over, which ends the call. It is polled, too, where it has one request at
//! a time (HTTP/1). Elsewhere a pair of sockets stands in for it, and the server is asked whether the client has
//! left.

use std::ffi::{c_char, c_void};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::net::{Shutdown, shutdown};

use super::error::{NoHandOff, NoWire};
use super::stop_signals::StopSignals;
use super::transport::{HandOffTarget, Transport, TryWrite, WritePath};
use crate::sapi::response::request;
use crate::sapi::sys::clock;
use crate::sapi::sys::peers::{Listeners, connection_to, plain};
use crate::sapi::sys::process::thread_name;
use crate::sapi::sys::socket::unsent_bytes;
use crate::sapi::sys::symbol::function;
use crate::zend::globals;

/// How often the server is asked whether a client has left.
const ASK: Duration = Duration::from_millis(100);

/// `HTTP/2.0` as FrankenPHP has it in `SG(request_info).proto_num`.
const HTTP_2: i32 = 2000;

/// What `go_ub_write` answers.
#[repr(C)]
struct Answer {
    written: usize,
    client_is_gone: u8,
}

/// What FrankenPHP 1.12.4 and later export.
#[derive(Clone, Copy)]
struct Go {
    write: unsafe extern "C" fn(usize, *const c_char, usize) -> Answer,
    flush: unsafe extern "C" fn(usize) -> u8,
    has_ended: unsafe extern "C" fn(usize) -> u8,
}

impl Go {
    fn look_up() -> Option<Self> {
        // The types are those of the functions of these names in FrankenPHP 1.12.4 and later: callers have
        // asked whether this is one.
        Some(Self {
            // SAFETY: see above.
            write: unsafe { function(c"go_ub_write") }?,
            // SAFETY: see above.
            flush: unsafe { function(c"go_sapi_flush") }?,
            // SAFETY: see above.
            has_ended: unsafe { function(c"go_is_context_done") }?,
        })
    }
}

/// A request that a thread of FrankenPHP answers.
struct FrankenPhp {
    go: Go,
    thread: usize,
    /// The connection, or what stands in for it.
    fd: OwnedFd,
    stand_in: Option<StandIn>,
    listeners: Listeners,
    stop_signals: StopSignals,
    /// When the server was asked last whether the client has left, in nanoseconds.
    asked: AtomicU64,
}

/// What stands in for a connection that other requests share, or that was not found.
struct StandIn {
    _other_end: UnixStream,
    shared: Option<OwnedFd>,
}

/// The transport of this request.
pub(crate) fn transport() -> Result<Box<dyn Transport>, NoWire> {
    let (go, thread) = known().ok_or(NoWire::UnknownFrankenPhp)?;
    if !is_answering() {
        return Err(NoWire::NoRequest);
    }
    // SAFETY: the number is that of a thread that answers a request: this one.
    if unsafe { (go.has_ended)(thread) } != 0 {
        return Err(NoWire::ResponseEnded);
    }
    let connection = connection();
    let listeners = connection.as_ref().map(|connection| Listeners::of(connection.as_fd()));
    let (fd, stand_in) = match connection {
        Some(connection) if has_connection_alone() => (connection, None),
        shared => stand_in(shared)?,
    };
    let listeners = listeners.unwrap_or_default();
    let (stop_signals, asked) = (StopSignals::watch(), AtomicU64::new(0));
    Ok(Box::new(FrankenPhp { go, thread, fd, stand_in, listeners, stop_signals, asked }))
}

/// What keeps threads of ours out of this FrankenPHP.
pub(crate) fn obstacle() -> Option<NoWire> {
    known().is_none().then_some(NoWire::UnknownFrankenPhp)
}

/// True if this thread answers a request. A worker script has none while it starts, and its stand-in
/// has no client.
pub(crate) fn is_answering() -> bool {
    !original_variable("REMOTE_ADDR").is_empty()
}

/// FrankenPHP's functions, and the number of this thread.
fn known() -> Option<(Go, usize)> {
    let context: *const c_void = globals::sapi(|sapi| sapi.server_context);
    let context = context.cast::<usize>();
    // Earlier versions have no address there.
    if !is_own_memory(context) || !context.is_aligned() {
        return None;
    }
    // SAFETY: memory of this thread's, and aligned: FrankenPHP's own structure, as long as the thread lives.
    let thread = unsafe { context.read() };
    (thread_name()? == format!("php-{thread:x}")).then_some((Go::look_up()?, thread))
}

/// True if this is the address of a thread-local variable of the program's, and of this thread's: they stand beside
/// what the thread is known by to the C library.
fn is_own_memory(address: *const usize) -> bool {
    /// Less than any stack, in bytes, and more than all such variables.
    const NEAR: usize = 64 * 1024;
    // SAFETY: only asks.
    let thread = unsafe { libc::pthread_self() };
    #[allow(clippy::cast_possible_truncation, reason = "as wide as a pointer, which it is in musl")]
    let thread = thread as usize;
    thread.abs_diff(address.addr()) < NEAR
}

/// The connection of this request, by the client's address that FrankenPHP tells.
fn connection() -> Option<OwnedFd> {
    let ip = original_variable("REMOTE_ADDR").parse().ok()?;
    let port = original_variable("REMOTE_PORT").parse().ok()?;
    let peer: SocketAddr = plain(ip, port);
    connection_to(peer)
}

/// True if nobody else's response goes over the connection.
fn has_connection_alone() -> bool {
    let protocol = globals::sapi(|sapi| sapi.request_info().proto_num());
    (1000..HTTP_2).contains(&protocol)
}

fn stand_in(shared: Option<OwnedFd>) -> Result<(OwnedFd, Option<StandIn>), NoWire> {
    let (ours, other) = UnixStream::pair().map_err(|_| NoWire::NoDescriptors)?;
    Ok((ours.into(), Some(StandIn { _other_end: other, shared })))
}

/// A variable of the request, whatever the script has made of `$_SERVER`.
fn original_variable(name: &str) -> String {
    request::original_variable(name)
        .and_then(|value| String::from_utf8(value).ok())
        .unwrap_or_default()
}

impl FrankenPhp {
    /// The connection itself, where it was found.
    fn connection(&self) -> Option<BorrowedFd<'_>> {
        match &self.stand_in {
            None => Some(self.fd.as_fd()),
            Some(stand_in) => stand_in.shared.as_ref().map(AsFd::as_fd),
        }
    }

    /// Has FrankenPHP send what it holds back; false if the client has left.
    fn flush(&self) -> bool {
        // SAFETY: the number is that of a thread whose response has not ended: the wire is open, and the
        // caller has its lock.
        unsafe { (self.go.flush)(self.thread) == 0 }
    }
}

impl Transport for FrankenPhp {
    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn write_path(&self) -> WritePath {
        WritePath::Server
    }

    fn may_block(&self) -> bool {
        true
    }

    fn try_write(&self, bytes: &[u8], _: usize) -> TryWrite {
        // SAFETY: as `flush`; the bytes are read before it returns.
        let answer = unsafe { (self.go.write)(self.thread, bytes.as_ptr().cast(), bytes.len()) };
        let is_out = answer.written == bytes.len() && answer.client_is_gone == 0 && self.flush();
        if is_out { TryWrite::Written } else { TryWrite::Closed }
    }

    fn client_has_left(&self) -> bool {
        let now = clock::now();
        let asked = Duration::from_nanos(self.asked.load(Ordering::Relaxed));
        if self.stand_in.is_none() || now.saturating_sub(asked) < ASK {
            return false;
        }
        self.asked.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        !self.flush()
    }

    fn unsent_bytes(&self) -> Option<u32> {
        self.connection().and_then(unsent_bytes)
    }

    fn cut_off(&self) {
        // Where others share it: nothing of theirs arrives either, if something waits in it.
        let is_stuck = self.stand_in.is_none() || self.unsent_bytes() > Some(0);
        if let Some(connection) = self.connection().filter(|_| is_stuck) {
            let _ = shutdown(connection, Shutdown::Both);
        }
    }

    fn server_is_stopping(&self) -> bool {
        self.stop_signals.came() || self.listeners.are_closed()
    }

    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff> {
        Err(NoHandOff::KeptByServer)
    }

    fn describe(&self) -> &'static str {
        "through FrankenPHP"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_another_thread_is_not_believed() {
        thread_local!(static VARIABLE: usize = const { 1 });
        let own = || VARIABLE.with(std::ptr::from_ref);
        assert!(is_own_memory(own()));
        let address = own().addr();
        let is_theirs = move || is_own_memory(std::ptr::without_provenance(address));
        assert!(!std::thread::spawn(is_theirs).join().unwrap());
        assert!(!is_own_memory(std::ptr::without_provenance(1)));
    }
}

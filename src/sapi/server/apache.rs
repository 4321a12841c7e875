//! Apache with `mod_php`: httpd writes, we only ask it to.
//!
//! What the browser gets may be chunked, encrypted or compressed on its way, so the keeper's
//! heartbeats go through httpd, too, under the wire lock, and only while the connection has room:
//! httpd's own writes block. Its functions are looked up in the running process. Its memory pools
//! are not thread safe: while the script is inside httpd, the keeper pauses (see `overrides`).

use std::ffi::{CStr, c_char, c_int, c_void};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use once_cell::sync::OnceCell;
use rustix::event::{PollFd, PollFlags};
use rustix::net::sockopt::socket_send_buffer_size;

use super::apache_variables;
use super::obstacle::{self, Obstacle};
use super::transport::{Small, Transport, Way};
use crate::sapi::hand_off::{Parting, Shape};
use crate::sapi::sys::poll::poll;
use crate::sapi::sys::socket::{duplicate, is_same, untaken};
use crate::zend::engine::c_string;
use crate::zend::globals;

/// The head of `php_struct` (`sapi/apache2handler/php_apache.h`).
#[repr(C)]
struct Context {
    state: c_int,
    request: *mut Request,
}

/// The head of `request_rec` (`httpd.h`). What comes after `main` is believed only as far as the filters
/// that it leads to have names that are known.
#[repr(C)]
pub(crate) struct Request {
    pool: *mut c_void,
    connection: *mut c_void,
    server: *mut c_void,
    next: *const Request,
    previous: *const Request,
    main: *const Request,
    before: [u8; 208],
    pub(crate) variables: *mut c_void,
    between: [u8; 160],
    output_filters: *const Filter,
}

/// The head of `ap_filter_t` (`util_filter.h`).
#[repr(C)]
struct Filter {
    record: *const FilterRecord,
    context: *mut c_void,
    next: *const Filter,
}

/// The head of `ap_filter_rec_t`.
#[repr(C)]
struct FilterRecord {
    name: *const c_char,
}

/// What stands between a response without compression or encryption and its connection; any other
/// filter wants to see what is sent.
const PLAIN_FILTERS: [&str; 5] =
    ["old_write", "byterange", "content_length", "http_outerror", "core"];

/// The filter that makes chunks of HTTP/1.1.
const CHUNK_FILTER: &str = "chunk";

/// More filters than anybody has: the chain is none.
const MANY_FILTERS: usize = 64;

/// The head of `global_score` (`scoreboard.h`).
#[repr(C)]
struct Scoreboard {
    server_limit: c_int,
    thread_limit: c_int,
    running_generation: c_int,
}

/// `AP_MPMQ_IS_THREADED`, `AP_MPMQ_MPM_STATE` and `AP_MPMQ_GENERATION` (`ap_mpm.h`).
const IS_THREADED: c_int = 2;
const MPM_STATE: c_int = 13;
const GENERATION: c_int = 15;
/// `AP_MPMQ_STOPPING`.
const STOPPING: c_int = 2;
/// The keeper writes only while less than this waits in the connection, in bytes: then httpd's
/// write cannot block.
const ROOM: u32 = 32 * 1024;
/// A socket counts as writable when a third of its buffer is free, and a byte may take up two.
const SHARE_OF_BUFFER: usize = 6;

/// What is asked of httpd.
#[derive(Clone, Copy)]
struct Httpd {
    write: unsafe extern "C" fn(*const c_void, c_int, *mut Request) -> c_int,
    flush: unsafe extern "C" fn(*mut Request) -> c_int,
    socket_of: unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    descriptor_of: unsafe extern "C" fn(*mut RawFd, *mut c_void) -> c_int,
    query: unsafe extern "C" fn(c_int, *mut c_int) -> c_int,
    scoreboard: unsafe extern "C" fn() -> *const Scoreboard,
}

/// Whether the keeper is inside httpd.
static INSIDE: AtomicBool = AtomicBool::new(false);
/// Whether httpd is ending its process: its memory goes before the keeper does.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Waits until the keeper is outside httpd, and lets it in no more. Called by the handler of the signal
/// that ends the process, on the script's thread: nothing but atomics. It is a matter of microseconds;
/// the bound is for a forked child, whose copy of the flag nobody takes back.
pub(crate) fn show_keeper_out() {
    const ENOUGH: u32 = 100_000_000;
    CLOSED.store(true, Ordering::SeqCst);
    let mut rounds = 0;
    while INSIDE.load(Ordering::SeqCst) && rounds < ENOUGH {
        std::hint::spin_loop();
        rounds += 1;
    }
}

static HTTPD: OnceCell<Option<Httpd>> = OnceCell::new();

/// One request of httpd's.
struct Apache {
    httpd: Httpd,
    request: *mut Request,
    fd: OwnedFd,
}

// SAFETY: the request lives until the wire is closed, which takes the lock that every use of it is
// made under; httpd's functions are used by one thread at a time.
unsafe impl Send for Apache {}
// SAFETY: as above.
unsafe impl Sync for Apache {}

/// The transport of this request.
pub(crate) fn transport() -> Result<Box<dyn Transport>, &'static str> {
    let httpd = httpd().map_err(|obstacle| obstacle.what)?;
    let request = request().ok_or("there is no request of httpd's")?;
    let fd = httpd.descriptor(request).and_then(duplicate);
    let fd = fd.ok_or("the browser's connection is no stream socket")?;
    Ok(Box::new(Apache { httpd, request, fd }))
}

/// What keeps the keeper out of this httpd.
pub(crate) fn obstacle() -> Option<Obstacle> {
    httpd().err()
}

fn httpd() -> Result<Httpd, Obstacle> {
    let httpd = HTTPD.get_or_init(Httpd::look_up).ok_or(obstacle::UNKNOWN_HTTPD)?;
    // PHP's own number of it is that of HTTP/1 for `mod_http2`, too.
    let protocol = apache_variables::protocol().ok_or(obstacle::UNKNOWN_HTTPD)?;
    match obstacle_to(httpd.ask(IS_THREADED), &protocol) {
        Some(obstacle) => Err(obstacle),
        None if is_within_another() => Err(obstacle::SUBREQUEST),
        None => Ok(httpd),
    }
}

/// Whether the request is a part of another one: of `virtual()`, or of a page with server-side includes.
/// Its memory goes when the part ends, and the stream may go on in the other one.
fn is_within_another() -> bool {
    // SAFETY: the request is alive as long as its script runs, and as large as this in every httpd 2.
    request().is_some_and(|request| !unsafe { (*request).main }.is_null())
}

/// What stands in the way where the MPM answers so, and the request came by this protocol.
fn obstacle_to(is_threaded: Option<c_int>, protocol: &str) -> Option<Obstacle> {
    if is_threaded != Some(0) {
        return Some(obstacle::THREADS);
    }
    let version = protocol.strip_prefix("HTTP/");
    version.is_some_and(|version| !version.starts_with("1.")).then_some(obstacle::OVER_HTTP_2)
}

/// The request that is answered.
pub(crate) fn request() -> Option<*mut Request> {
    let context = globals::sapi(|sapi| sapi.server_context).cast::<Context>();
    if context.is_null() || !context.is_aligned() {
        return None;
    }
    // SAFETY: the server context of this SAPI is such a structure for the whole request.
    let request = unsafe { (*context).request };
    (!request.is_null()).then_some(request)
}

/// The names of the filters that the response passes, down to the connection's own.
fn filters(request: *mut Request) -> Option<Vec<String>> {
    // SAFETY: the request is alive, and as large as this in every httpd 2.4.
    let mut filter = unsafe { (*request).output_filters };
    let mut names = Vec::new();
    while !filter.is_null() && filter.is_aligned() && names.len() < MANY_FILTERS {
        // SAFETY: the chain of filters is there for as long as the request.
        let record = unsafe { (*filter).record };
        // SAFETY: a filter's record is there for as long as httpd.
        let name = unsafe { record.as_ref() }?.name;
        names.push(c_string(name).to_ascii_lowercase());
        // SAFETY: as above.
        filter = unsafe { (*filter).next };
    }
    (names.last()? == "core").then_some(names)
}

impl Httpd {
    fn look_up() -> Option<Self> {
        // The types are those of the functions of these names in every httpd 2.4.
        Some(Self {
            // SAFETY: see above.
            write: unsafe { function(c"ap_rwrite") }?,
            // SAFETY: see above.
            flush: unsafe { function(c"ap_rflush") }?,
            // SAFETY: see above.
            socket_of: unsafe { function(c"ap_get_conn_socket") }?,
            // SAFETY: see above.
            descriptor_of: unsafe { function(c"apr_os_sock_get") }?,
            // SAFETY: see above.
            query: unsafe { function(c"ap_mpm_query") }?,
            // SAFETY: see above.
            scoreboard: unsafe { function(c"ap_get_scoreboard_global") }?,
        })
    }

    fn ask(self, what: c_int) -> Option<c_int> {
        let mut answer = 0;
        // SAFETY: writes one int; reads what the MPM knows of itself.
        let status = unsafe { (self.query)(what, &raw mut answer) };
        (status == 0).then_some(answer)
    }

    fn descriptor(self, request: *mut Request) -> Option<RawFd> {
        // SAFETY: a request's connection is there for as long as the request.
        let connection = unsafe { (*request).connection };
        // SAFETY: the connection is one of httpd's.
        let socket = unsafe { (self.socket_of)(connection) };
        if socket.is_null() {
            return None;
        }
        let mut fd = -1;
        // SAFETY: writes one int.
        let status = unsafe { (self.descriptor_of)(&raw mut fd, socket) };
        (status == 0).then_some(fd)
    }

    fn running_generation(self) -> Option<c_int> {
        // SAFETY: only returns an address.
        let scoreboard = unsafe { (self.scoreboard)() };
        // SAFETY: null, or shared memory that is there for as long as httpd.
        let scoreboard = unsafe { scoreboard.as_ref() };
        scoreboard.map(|scoreboard| scoreboard.running_generation)
    }
}

/// A function of the running process, by its name.
///
/// # Safety
///
/// `F` is the function pointer type of the function of that name.
pub(crate) unsafe fn function<F: Copy>(name: &CStr) -> Option<F> {
    // SAFETY: looks a name up in the running process.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    // SAFETY: the caller vouches for the type; a function pointer is as large as any other.
    (!address.is_null()).then(|| unsafe { std::mem::transmute_copy(&address) })
}

impl Apache {
    /// Whether the connection has room for so many bytes; `None` if it is over.
    fn has_room(&self, bytes: usize) -> Option<bool> {
        let mut fds = [PollFd::new(&self.fd, PollFlags::OUT)];
        if poll(&mut fds, Some(Duration::ZERO)) != Ok(1) {
            return Some(false);
        }
        if fds[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) {
            return None;
        }
        let buffer = socket_send_buffer_size(&self.fd).unwrap_or(0);
        let fits = bytes <= buffer / SHARE_OF_BUFFER;
        Some(fits && untaken(self.fd.as_fd()).is_some_and(|waiting| waiting < ROOM))
    }
}

impl Apache {
    /// A write through httpd, which does not block: the connection has room.
    fn write_inside(&self, bytes: &[u8]) -> Small {
        let length = c_int::try_from(bytes.len()).unwrap_or(0);
        // SAFETY: the request is alive and httpd is ours, under the wire lock.
        let written = unsafe { (self.httpd.write)(bytes.as_ptr().cast(), length, self.request) };
        // SAFETY: as above.
        let flushed = unsafe { (self.httpd.flush)(self.request) };
        if written < 0 || flushed < 0 { Small::Gone } else { Small::Sent }
    }
}

impl Transport for Apache {
    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn servers_own(&self) -> Option<RawFd> {
        None
    }

    fn way(&self) -> Way {
        Way::Server
    }

    fn send_small(&self, bytes: &[u8], held_back: usize) -> Small {
        match self.has_room(bytes.len() + held_back) {
            None => return Small::Gone,
            Some(false) => return Small::Later,
            Some(true) => {}
        }
        INSIDE.store(true, Ordering::SeqCst);
        let sent =
            if CLOSED.load(Ordering::SeqCst) { Small::Later } else { self.write_inside(bytes) };
        INSIDE.store(false, Ordering::SeqCst);
        sent
    }

    fn server_is_stopping(&self) -> bool {
        let stopping = self.httpd.ask(MPM_STATE) == Some(STOPPING);
        stopping || self.httpd.running_generation() != self.httpd.ask(GENERATION)
    }

    fn hand_off(&self) -> Result<Parting, &'static str> {
        let descriptor = self.httpd.descriptor(self.request);
        let descriptor = descriptor.filter(|descriptor| is_same(*descriptor, &self.fd));
        let descriptor = descriptor.ok_or("the request is another one now")?;
        let mut shape = Shape::Raw;
        for name in filters(self.request).ok_or("httpd's filters are not known")? {
            match name.as_str() {
                CHUNK_FILTER => shape = Shape::Chunks,
                name if PLAIN_FILTERS.contains(&name) => {}
                _ => return Err("httpd encrypts or changes the response on its way"),
            }
        }
        // SAFETY: the request is alive and httpd is ours: the keeper pauses, under the wire lock.
        if unsafe { (self.httpd.flush)(self.request) } < 0 {
            return Err("the browser has left");
        }
        Ok(Parting { descriptor, shape, is_kept: false })
    }

    fn describe(&self) -> &'static str {
        "through httpd"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_and_http_2_are_obstacles() {
        assert_eq!(obstacle_to(Some(0), "HTTP/1.1"), None);
        assert_eq!(obstacle_to(Some(1), "HTTP/1.1"), Some(obstacle::THREADS));
        assert_eq!(obstacle_to(None, "HTTP/1.1"), Some(obstacle::THREADS));
        assert_eq!(obstacle_to(Some(0), "HTTP/2.0"), Some(obstacle::OVER_HTTP_2));
    }
}

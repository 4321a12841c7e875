//! Calls httpd's own functions: writes, and questions about its connections, filters and state.
//!
//! They are looked up in the running process. Of httpd's structures the heads are known, as they are in every httpd
//! 2.4: `apache_variables` asks which httpd it is.

use std::ffi::{c_char, c_int, c_void};
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, Ordering};

use once_cell::sync::OnceCell;

use crate::sapi::sys::symbol::function;
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

/// The functions of httpd that are called.
#[derive(Clone, Copy)]
pub(crate) struct Httpd {
    write: unsafe extern "C" fn(*const c_void, c_int, *mut Request) -> c_int,
    flush: unsafe extern "C" fn(*mut Request) -> c_int,
    socket_of: unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    descriptor_of: unsafe extern "C" fn(*mut RawFd, *mut c_void) -> c_int,
    query: unsafe extern "C" fn(c_int, *mut c_int) -> c_int,
    scoreboard: unsafe extern "C" fn() -> *const Scoreboard,
}

static HTTPD: OnceCell<Option<Httpd>> = OnceCell::new();

impl Httpd {
    /// Returns httpd's functions; `None` where they are not all there.
    pub(crate) fn get() -> Option<Self> {
        *HTTPD.get_or_init(Self::look_up)
    }

    fn look_up() -> Option<Self> {
        // SAFETY of all: the types are those of the functions of these names in every httpd 2.4. None of them is
        // called before `apache_variables` has found that this is one.
        Some(Self {
            // SAFETY: as above.
            write: unsafe { function(c"ap_rwrite") }?,
            // SAFETY: as above.
            flush: unsafe { function(c"ap_rflush") }?,
            // SAFETY: as above.
            socket_of: unsafe { function(c"ap_get_conn_socket") }?,
            // SAFETY: as above.
            descriptor_of: unsafe { function(c"apr_os_sock_get") }?,
            // SAFETY: as above.
            query: unsafe { function(c"ap_mpm_query") }?,
            // SAFETY: as above.
            scoreboard: unsafe { function(c"ap_get_scoreboard_global") }?,
        })
    }

    fn ask(self, what: c_int) -> Option<c_int> {
        let mut answer = 0;
        // SAFETY: writes one int of ours; reads what the MPM knows of itself, no memory of a request's, so that the
        // keeper may ask without the wire lock. It does not bail out: httpd knows nothing of PHP.
        let status = unsafe { (self.query)(what, &raw mut answer) };
        (status == 0).then_some(answer)
    }

    /// True if the MPM runs several requests in one process; `None` if it does not say.
    pub(crate) fn is_threaded(self) -> Option<bool> {
        self.ask(IS_THREADED).map(|answer| answer != 0)
    }

    /// True if httpd ends, or starts anew. Any thread may ask.
    pub(crate) fn is_stopping(self) -> bool {
        let stopping = self.ask(MPM_STATE) == Some(STOPPING);
        stopping || self.running_generation() != self.ask(GENERATION)
    }

    /// Returns the connection of a request, as a descriptor of httpd's.
    pub(crate) fn descriptor(self, request: *mut Request) -> Option<RawFd> {
        // SAFETY: callers have the request from [`request`], and ask while it is answered; its connection is there as
        // long. Only the pointer is read.
        let connection = unsafe { (*request).connection };
        // SAFETY: a connection of httpd's. It returns its socket, and does not bail out: httpd knows nothing of PHP.
        let socket = unsafe { (self.socket_of)(connection) };
        if socket.is_null() {
            return None;
        }
        let mut fd = -1;
        // SAFETY: a socket of httpd's; writes one int of ours, and does not bail out.
        let status = unsafe { (self.descriptor_of)(&raw mut fd, socket) };
        (status == 0).then_some(fd)
    }

    /// Writes to a request, and flushes; false if its client has left. Blocks where the connection has no room.
    ///
    /// The request is alive, and the caller alone with it: it holds the wire lock.
    pub(crate) fn write(self, request: *mut Request, bytes: &[u8]) -> bool {
        let length = c_int::try_from(bytes.len()).unwrap_or(0);
        // SAFETY: the caller vouches for the request, and holds the wire lock, so that no other thread is inside its
        // memory; `length` readable bytes are given. It does not bail out: httpd knows nothing of PHP.
        let written = unsafe { (self.write)(bytes.as_ptr().cast(), length, request) };
        written >= 0 && self.flush(request)
    }

    /// Has httpd send what it holds back of a response; false if its client has left. As [`Httpd::write`].
    pub(crate) fn flush(self, request: *mut Request) -> bool {
        // SAFETY: the caller vouches for the request, as in `write`.
        unsafe { (self.flush)(request) >= 0 }
    }

    fn running_generation(self) -> Option<c_int> {
        // SAFETY: only returns an address; any thread may ask.
        let scoreboard = unsafe { (self.scoreboard)() };
        if scoreboard.is_null() {
            return None;
        }
        // SAFETY: not null, and shared memory that is there for as long as httpd, and begins so in every httpd 2.4.
        let generation = unsafe { &raw const (*scoreboard).running_generation };
        // SAFETY: as above. The parent may write to it meanwhile, so it is read as a number that can change.
        Some(unsafe { generation.read_volatile() })
    }
}

/// Returns the request that is answered.
pub(crate) fn request() -> Option<*mut Request> {
    let context = globals::sapi(|sapi| sapi.server_context).cast::<Context>();
    if context.is_null() || !context.is_aligned() {
        return None;
    }
    // SAFETY: callers run under Apache, whose server context is such a structure for the whole request; not null, and
    // aligned. Only the pointer is read.
    let request = unsafe { (*context).request };
    (!request.is_null()).then_some(request)
}

/// True if the request is a part of another one: of `virtual()`, or of a page with server-side includes.
/// Its memory goes when the part ends, and the stream may go on in the other one.
pub(crate) fn is_within_another() -> bool {
    // SAFETY: the request is alive as long as its script runs, and this field stands there in every httpd 2. Only the
    // pointer is read.
    request().is_some_and(|request| !unsafe { (*request).main }.is_null())
}

/// Returns the names of the filters that the response passes, down to the connection's own; `None` if the chain does
/// not look like one.
pub(crate) fn filters(request: *mut Request) -> Option<Vec<String>> {
    // SAFETY: the request is alive, as the caller vouches, and as large as this in every httpd 2.4. Only the pointer
    // is read.
    let mut filter = unsafe { (*request).output_filters };
    let mut names = Vec::new();
    while !filter.is_null() && filter.is_aligned() && names.len() < MANY_FILTERS {
        // SAFETY: not null, and aligned; the chain of filters is there for as long as the request, and its script's
        // thread, which asks, is the one that changes it.
        let record = unsafe { (*filter).record };
        // SAFETY: null, or a filter's record, which is there for as long as httpd.
        let name = unsafe { record.as_ref() }?.name;
        names.push(c_string(name).to_ascii_lowercase());
        // SAFETY: as above.
        filter = unsafe { (*filter).next };
    }
    (names.last()? == "core").then_some(names)
}

/// True while the keeper is inside httpd.
static INSIDE: AtomicBool = AtomicBool::new(false);
/// True once httpd is ending its process: its memory goes before the keeper does.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Waits until the keeper is outside httpd, and lets it in no more. Called by the handler of the signal
/// that ends the process, on the script's thread: nothing but atomics. It is a matter of microseconds;
/// the bound is for a forked child, whose copy of the flag nobody takes back.
pub(super) fn show_keeper_out() {
    const ENOUGH: u32 = 100_000_000;
    CLOSED.store(true, Ordering::SeqCst);
    let mut rounds = 0;
    while INSIDE.load(Ordering::SeqCst) && rounds < ENOUGH {
        std::hint::spin_loop();
        rounds += 1;
    }
}

/// Runs what the keeper does inside httpd; `None` when httpd is ending its process.
pub(super) fn with_keeper_inside<R>(action: impl FnOnce() -> R) -> Option<R> {
    INSIDE.store(true, Ordering::SeqCst);
    let result = (!CLOSED.load(Ordering::SeqCst)).then(action);
    INSIDE.store(false, Ordering::SeqCst);
    result
}

//! Holds back, while a stream is open, the signals that ask its server to stop, and wakes the keeper.
//!
//! FPM kills its workers with SIGTERM on a reload with `process_control_timeout = 0`, its default,
//! and with SIGKILL a second later. While a stream is open, SIGTERM therefore only wakes the keeper;
//! once the stream has ended, the worker gets the SIGQUIT that lets it end after its request. A second
//! SIGTERM kills, as ever, and so does the first one that a fork of the worker gets; but not the one that
//! tells a worker of `php -S` that its parent has ended (since PHP 8.3): that was told to end as well.
//! `php -S` notes Ctrl-C in a handler of its own, and php-cgi SIGTERM; these are called as ever. So is
//! that of httpd, which ends its process at once, after the keeper was shown out of httpd's memory.
//! Signals that came before the stream are not heard here; servers that go on all the same tell it themselves
//! (`cli_server`, `fastcgi`).

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::httpd;
use super::kind::Server;
use crate::sapi::sys::symbol::function;
use crate::sapi::sys::waker;

/// A signal handler; one that takes the signal only does not look at the rest.
pub(super) type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);

/// True once a signal has asked the server to stop.
static STOP_REQUESTED: AtomicBool = AtomicBool::new(false);
/// True until the keeper has heard of it.
static UNSEEN: AtomicBool = AtomicBool::new(false);
/// The signals that came, as bits.
static RECEIVED: AtomicU32 = AtomicU32::new(0);
/// Those of them that kill when they come again, as bits.
static SECOND_KILLS: AtomicU32 = AtomicU32::new(0);

/// The process that took the signals over.
static OWNER: AtomicI32 = AtomicI32::new(0);
/// The parent whose end it is told of by a signal; 0 for none.
static PARENT_DEATH_SENDER: AtomicI32 = AtomicI32::new(0);

/// The handlers that stand behind ours.
static BEFORE: Mutex<Vec<(c_int, libc::sigaction)>> = Mutex::new(Vec::new());

/// The server's own handler that stands behind ours, to be called from it; 0 for none.
static CHAINED: AtomicUsize = AtomicUsize::new(0);

/// The signal that is passed on to the server's own handler; 0 for none.
static CHAINED_SIGNAL: AtomicI32 = AtomicI32::new(0);

/// True if a signal has asked the server to stop since this request's first stream began.
pub(crate) fn stop_was_requested() -> bool {
    STOP_REQUESTED.load(Ordering::Acquire)
}

/// True if a signal came that the keeper has not acted on; says so once.
pub(crate) fn take_unseen() -> bool {
    UNSEEN.swap(false, Ordering::AcqRel)
}

/// Has the keeper ask each server whether it stops. Called by signal handlers.
pub(super) fn tell_keeper() {
    UNSEEN.store(true, Ordering::Release);
    waker::wake_by_signal();
}

/// Takes the signals over that would cut a stream short. Called when a stream begins.
pub(crate) fn take_over(server: Server) {
    OWNER.store(own_id(), Ordering::Release);
    PARENT_DEATH_SENDER.store(parent_death_sender(), Ordering::Release);
    let (held, passed_on): (&[c_int], c_int) = match server {
        Server::Fpm => (&[libc::SIGTERM], 0),
        Server::BuiltIn => (&[libc::SIGTERM], libc::SIGINT),
        Server::Cgi | Server::Apache => (&[], libc::SIGTERM),
        _ => (&[], 0),
    };
    let mut before = BEFORE.lock();
    if before.is_empty() {
        let held = held.iter().filter(|signal| is_unhandled(**signal));
        // SAFETY: `on_signal` does nothing that is not allowed in a handler: atomics, `write`, `getpid`, `signal`,
        // `raise`, and the handler before it. Its code stays: `give_back` takes it out when the stream ends, and a
        // request that was left ends its stream, too.
        let install = |signal| unsafe { install(signal, on_signal) };
        before.extend(held.filter_map(|signal| Some((*signal, install(*signal)?))));
        CHAINED_SIGNAL.store(passed_on, Ordering::Release);
        if passed_on != 0 {
            // SAFETY: as above.
            let action = unsafe { chain(passed_on, on_signal, &CHAINED) };
            before.extend(action.map(|action| (passed_on, action)));
        }
    }
}

/// Gives the signals back, and passes on what came meanwhile. Called when a stream has ended.
pub(crate) fn give_back(server: Server) {
    for (signal, action) in BEFORE.lock().drain(..) {
        // SAFETY: puts back the action that the system gave us for this signal; its handler is the server's own, whose
        // code stays.
        unsafe { set_action(signal, &action) };
    }
    let received = |signal: c_int| RECEIVED.load(Ordering::Acquire) & (1 << signal) != 0;
    if server == Server::Fpm && received(libc::SIGTERM) {
        // SAFETY: sends a signal to this thread. FPM's handler, which is there in every worker, notes it, and ends the
        // worker once it has answered its request; it does not bail out.
        unsafe { libc::raise(libc::SIGQUIT) };
    }
}

/// Passes on a SIGTERM that came while a stream was open, once the request is over, and forgets what came.
pub(crate) fn pass_on(server: Server) {
    STOP_REQUESTED.store(false, Ordering::Release);
    SECOND_KILLS.store(0, Ordering::Release);
    let received = RECEIVED.swap(0, Ordering::AcqRel) & (1 << libc::SIGTERM) != 0;
    if received && server == Server::BuiltIn {
        // SAFETY: sends a signal to this thread, as if it came now: it ends the worker, or its handler runs, and the
        // request is over.
        unsafe { libc::raise(libc::SIGTERM) };
    }
}

/// True if nobody handles the signal: neither the server, nor the script.
fn is_unhandled(signal: c_int) -> bool {
    let handler = engine_handler(signal).or_else(|| Some(action_of(signal)?.sa_sigaction));
    handler == Some(libc::SIG_DFL)
}

/// Puts a handler before the server's own, if it has one, whose address is stored first. Returns what was there.
///
/// # Safety
///
/// As for [`set_action`].
pub(super) unsafe fn chain(
    signal: c_int,
    handler: Handler,
    chained: &AtomicUsize,
) -> Option<libc::sigaction> {
    let own = action_of(signal)?.sa_sigaction;
    if own == libc::SIG_DFL || own == libc::SIG_IGN {
        return None;
    }
    chained.store(own, Ordering::Release);
    // SAFETY: as the caller vouches.
    unsafe { install(signal, handler) }
}

pub(super) fn action_of(signal: c_int) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: with no new action it only asks, and fills in a structure of ours.
    let asked = unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) };
    // SAFETY: filled in, as the answer says; and zeros are an action, too.
    (asked == 0).then(|| unsafe { action.assume_init() })
}

/// Installs a handler, on the stack and with the mask of what was there. Returns that.
///
/// # Safety
///
/// As for [`set_action`].
unsafe fn install(signal: c_int, handler: Handler) -> Option<libc::sigaction> {
    let before = action_of(signal)?;
    let mut action = before;
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags |= libc::SA_SIGINFO;
    // SAFETY: as the caller vouches; the handler gets the three arguments that it takes.
    unsafe { set_action(signal, &action) };
    Some(before)
}

/// Installs an action.
///
/// # Safety
///
/// Its handler, if it has one, does only what one may, and its code stays for as long as the action does.
pub(super) unsafe fn set_action(signal: c_int, action: &libc::sigaction) {
    // SAFETY: a whole action, which the caller vouches for; nothing is stored anywhere.
    unsafe { libc::sigaction(signal, action, std::ptr::null_mut()) };
}

/// Returns the handler that stands behind the engine's own, where the engine defers signals (`ZEND_SIGNALS`);
/// `None` where it does not.
fn engine_handler(signal: c_int) -> Option<libc::sighandler_t> {
    type ZendSigaction = unsafe extern "C" fn(c_int, *const libc::sigaction, *mut libc::sigaction);
    // SAFETY: the engine's function of this name has this type (`Zend/zend_signal.h`).
    let ask = unsafe { function::<ZendSigaction>(c"zend_sigaction") }?;
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: with no new action it only asks, and fills in a structure of ours; it does not bail out.
    unsafe { ask(signal, std::ptr::null(), action.as_mut_ptr()) };
    // SAFETY: filled in, or zeros, which are an action, too.
    Some(unsafe { action.assume_init() }.sa_sigaction)
}

/// Asks the system: forks have not been counted yet when the first thing a child gets is a signal.
fn own_id() -> libc::pid_t {
    // SAFETY: only asks the system, which a signal handler may.
    unsafe { libc::getpid() }
}

/// Returns the process that counts as the sender of the signal which this process may have asked for at the end of its
/// parent (`PR_SET_PDEATHSIG`): the parent; 0 where it has not. The system sends one for each thread of it that ends.
fn parent_death_sender() -> libc::pid_t {
    let mut asked_for: c_int = 0;
    // SAFETY: this command stores the number of a signal, or 0, in an int of ours.
    unsafe { libc::prctl(libc::PR_GET_PDEATHSIG, &raw mut asked_for) };
    // SAFETY: only asks the system.
    if asked_for == 0 { 0 } else { unsafe { libc::getppid() } }
}

/// True if the signal may only say that the parent has ended.
fn is_parent_death_signal(about: *const libc::siginfo_t) -> bool {
    // SAFETY: null, or what the system tells a handler that was installed with `SA_SIGINFO`, until it returns.
    let about = unsafe { about.as_ref() };
    // SAFETY: a number in a union of numbers: the process that has sent the signal, or 0; it is only compared.
    let sender = about.map(|about| unsafe { about.si_pid() });
    sender.is_some_and(|sender| sender > 0 && sender == PARENT_DEATH_SENDER.load(Ordering::Acquire))
}

/// Notes the signal, wakes the keeper, and calls the server's own handler. Only atomics and a write.
extern "C" fn on_signal(signal: c_int, about: *mut libc::siginfo_t, context: *mut c_void) {
    let bit = 1 << signal;
    RECEIVED.fetch_or(bit, Ordering::AcqRel);
    let received_before =
        !is_parent_death_signal(about) && SECOND_KILLS.fetch_or(bit, Ordering::AcqRel) & bit != 0;
    let is_of_a_fork = OWNER.load(Ordering::Acquire) != own_id();
    if (received_before || is_of_a_fork) && CHAINED_SIGNAL.load(Ordering::Acquire) != signal {
        // Somebody insists (FPM's request_terminate_timeout does), or it is for a fork, which has no
        // stream: it means what it always meant.
        // SAFETY: a handler may make this call; `SIG_DFL` is an action of every signal.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        // SAFETY: a handler may make this call; the signal is delivered when it returns.
        unsafe { libc::raise(signal) };
        return;
    }
    STOP_REQUESTED.store(true, Ordering::Release);
    tell_keeper();
    let chained = CHAINED.load(Ordering::Acquire);
    if signal == CHAINED_SIGNAL.load(Ordering::Acquire) && chained != 0 {
        httpd::show_keeper_out();
        // SAFETY: the address of the handler that stood there before ours, neither `SIG_DFL` nor `SIG_IGN`, as
        // `chain` has seen; its code stays. One that takes the signal only does not look at the rest, which this
        // platform's calling convention allows. It may not return: nothing is owned here.
        let handler = unsafe { std::mem::transmute::<usize, Handler>(chained) };
        handler(signal, about, context);
    }
}

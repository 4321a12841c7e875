//! Counts the forks of this process, and keeps them, and the programs it starts, from its connections.
//!
//! A child shares the descriptors of its parent's streams, and has no keeper; it must leave both alone. A fork of a
//! worker is cut off from the connection: it would end the response with its own end.

use std::mem::MaybeUninit;
use std::os::fd::RawFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use super::unshared;
use crate::zend::engine::c_string;

static FORKS: AtomicU32 = AtomicU32::new(0);

/// The descriptors of the connection that forks are kept from; -1 for none. A worker has one at a time.
static KEPT: [AtomicI32; 2] = [AtomicI32::new(-1), AtomicI32::new(-1)];

/// True if this process is a fork that was cut off from the connection of its request.
static CUT_OFF: AtomicBool = AtomicBool::new(false);

/// Returns how many forks lie between the process that loaded the extension and this one.
pub(crate) fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Begins to count. Called once, at module start-up.
pub(crate) fn count_forks() {
    // SAFETY: `forked` does only what a child of a process with many threads may do: it changes atomics, and opens,
    // duplicates and closes descriptors by single system calls. It takes no lock, allocates nothing, and cannot bail
    // out. The system forgets it when this library is unloaded.
    unsafe { libc::pthread_atfork(None, None, Some(forked)) };
}

/// Called in a child, after a fork.
extern "C" fn forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    for kept in &KEPT {
        let descriptor = kept.swap(-1, Ordering::Relaxed);
        if descriptor >= 0 {
            CUT_OFF.store(true, Ordering::Relaxed);
            put_nothing_in_place_of(descriptor);
        }
    }
    unshared::take().for_each(put_nothing_in_place_of);
}

/// Puts `/dev/null` in the place of a descriptor: it swallows what the server still has to say, and cannot be shut
/// down.
fn put_nothing_in_place_of(descriptor: RawFd) {
    // SAFETY: a system call that a child of any process may make; the path is a C string.
    let nothing = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) };
    // SAFETY: as above. The descriptor is the child's own copy, and nothing happens to its parent's. Where no
    // descriptor was left to open it fails: the child shares the connection then, and `CUT_OFF` keeps it from
    // writing.
    unsafe { libc::dup3(nothing, descriptor, libc::O_CLOEXEC) };
    // SAFETY: as above; opened here, or -1, which is refused.
    unsafe { libc::close(nothing) };
}

/// Has forks get nothing in place of these descriptors of a connection, from now on.
pub(crate) fn keep_from_forks(descriptors: [RawFd; 2]) {
    for (kept, descriptor) in KEPT.iter().zip(descriptors) {
        kept.store(descriptor, Ordering::Relaxed);
    }
}

/// Lets forks have what they inherit. Called before the descriptors can become another's.
pub(crate) fn let_forks_inherit() {
    keep_from_forks([-1, -1]);
}

/// True if what this process writes to its response goes nowhere.
pub(crate) fn is_cut_off() -> bool {
    CUT_OFF.load(Ordering::Relaxed)
}

/// Lets this process write again: the next request has a connection of its own, also if a fork goes on as a server.
pub(crate) fn begin_request() {
    CUT_OFF.store(false, Ordering::Relaxed);
}

/// Has a command that is started later inherit no descriptor beyond the first three: neither the
/// connection of a client, nor the socket that a server accepts from.
pub(crate) fn close_descriptors_on_exec(command: &mut Command) {
    const FIRST: libc::c_uint = 3;
    let close = || {
        // SAFETY: three numbers, as the call takes them. It marks descriptors of the child only. Where the kernel has
        // no such call, the command starts all the same.
        unsafe { libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, CLOSE_ON_EXEC) };
        Ok(())
    };
    // SAFETY: the closure makes one system call, allocates nothing and takes no lock, as is right between fork and
    // exec.
    unsafe { command.pre_exec(close) };
}

/// `CLOSE_RANGE_CLOEXEC`, `linux/close_range.h`: std's own pipe to the child has to live until the exec.
const CLOSE_ON_EXEC: libc::c_uint = 1 << 2;

/// Returns the name of this thread.
pub(crate) fn thread_name() -> Option<String> {
    let mut name: [std::ffi::c_char; 16] = [0; 16];
    // SAFETY: writes at most 16 bytes, the last of them a NUL.
    let asked = unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
    (asked == 0).then(|| c_string(name.as_ptr()))
}

/// Returns the file that this code was loaded from.
pub(crate) fn own_file() -> Option<PathBuf> {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    let address = own_file as *const libc::c_void;
    // SAFETY: looks an address of ours up, and fills in a structure of ours if it finds it.
    let found = unsafe { libc::dladdr(address, info.as_mut_ptr()) };
    if found == 0 {
        return None;
    }
    // SAFETY: it was filled in, as the answer says.
    let name = unsafe { info.assume_init() }.dli_fname;
    (!name.is_null()).then(|| PathBuf::from(c_string(name)))
}

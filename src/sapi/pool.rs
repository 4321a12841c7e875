//! Counts the streams that the workers of a pool serve although the hub should, by slots that all share.
//!
//! A slot is a byte of a file in memory, which all workers inherit, locked by the process that has it. The
//! invariant: a slot is free again when its process ends, however it ends, for the system takes its locks
//! away. A fork inherits none of them.

use std::ops::Range;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

use parking_lot::Mutex;
use rustix::fs::{FileType, MemfdFlags, Stat, fstat, memfd_create};
use rustix::stdio::stdin;

use super::server::kind::Server;
use super::sys::process::forks;

/// The most slots a pool has.
const MOST: u32 = 0xffff;

/// The file; -1 before it is there.
static FILE: AtomicI32 = AtomicI32::new(-1);

/// This process, as its number of forks, and the slots that it has: its own locks would not keep it away.
static OWN: Mutex<(u32, Vec<i64>)> = Mutex::new((0, Vec::new()));

/// Does something with the slots of this process.
fn with_own<R>(act: impl FnOnce(&mut Vec<i64>) -> R) -> R {
    let mut own = OWN.lock();
    if own.0 != forks() {
        *own = (forks(), Vec::new());
    }
    act(&mut own.1)
}

/// Makes the file. Called at module start-up, before there are workers.
pub(crate) fn found() {
    if let Ok(file) = memfd_create(c"sse-pool", MemfdFlags::CLOEXEC) {
        FILE.store(file.into_raw_fd(), Ordering::Relaxed);
    }
}

/// Closes the file. Called at module shutdown: a server may load the module again.
pub(crate) fn dissolve() {
    let file = FILE.swap(-1, Ordering::Relaxed);
    if file >= 0 {
        // SAFETY: made by `found`, which gave it up, and taken by nobody else: the swap leaves none. Modules shut down
        // on one thread, after the last request, so that nobody is using the number.
        drop(unsafe { OwnedFd::from_raw_fd(file) });
    }
}

/// A slot, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Slot(Option<i64>);

impl Slot {
    /// Takes one of so many; `None` when all are taken. Where there is no file nobody is counted, and of none
    /// there still is none.
    pub(crate) fn take(server: Server, of: u32) -> Option<Self> {
        let Some(file) = file() else { return (of > 0).then_some(Self(None)) };
        let slot = with_own(|own| {
            let free = |slot: &i64| !own.contains(slot) && lock(file, *slot, libc::F_WRLCK);
            let slot = slots(server, of).find(free)?;
            own.push(slot);
            Some(slot)
        });
        slot.map(|slot| Self(Some(slot)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let (Some(slot), Some(file)) = (self.0, file()) else { return };
        with_own(|own| {
            // In a fork it is not there, and nothing of its parent's is unlocked.
            if let Some(at) = own.iter().position(|it| *it == slot) {
                own.swap_remove(at);
                lock(file, slot, libc::F_UNLCK);
            }
        });
    }
}

/// Returns how many of so many slots are taken.
pub(crate) fn taken(server: Server, of: u32) -> usize {
    let Some(file) = file() else { return 0 };
    with_own(|own| {
        let is_taken = |slot: &i64| own.contains(slot) || is_locked(file, *slot);
        slots(server, of).filter(is_taken).count()
    })
}

fn file() -> Option<RawFd> {
    Some(FILE.load(Ordering::Relaxed)).filter(|file| *file >= 0)
}

/// Returns so many slots of this pool. The pools of one FPM differ in the socket that they listen on, which each
/// worker has as its standard input.
fn slots(server: Server, of: u32) -> Range<i64> {
    let is_socket = |stat: &Stat| FileType::from_raw_mode(stat.st_mode).is_socket();
    let socket = Some(stdin()).filter(|_| matches!(server, Server::Fpm | Server::Cgi));
    let socket = socket.and_then(|socket| fstat(socket).ok()).filter(is_socket);
    let number = socket.map_or(0, |socket| i64::try_from(socket.st_ino & 0x7fff_ffff).unwrap_or(0));
    let first = number << 16;
    first..first + i64::from(of.min(MOST))
}

/// Locks a slot, or unlocks it; false if that could not be.
fn lock(file: RawFd, slot: i64, kind: libc::c_int) -> bool {
    let wanted = range(slot, kind);
    // SAFETY: the argument is the structure that the command takes, which is ours and only read. The number is the
    // file's, until `dissolve`.
    unsafe { libc::fcntl(file, libc::F_SETLK, &raw const wanted) == 0 }
}

/// True if another process has it.
fn is_locked(file: RawFd, slot: i64) -> bool {
    let mut found = range(slot, libc::F_WRLCK);
    // SAFETY: the argument is the structure that the command fills in, which is ours. The number is the file's, until
    // `dissolve`.
    let asked = unsafe { libc::fcntl(file, libc::F_GETLK, &raw mut found) };
    asked == 0 && libc::c_int::from(found.l_type) != libc::F_UNLCK
}

fn range(slot: i64, kind: libc::c_int) -> libc::flock {
    libc::flock {
        l_type: libc::c_short::try_from(kind).unwrap_or_default(),
        l_whence: libc::c_short::try_from(libc::SEEK_SET).unwrap_or_default(),
        l_start: slot,
        l_len: 1,
        l_pid: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nobody_can_be_counted_none_are_none() {
        assert!(file().is_none(), "there is one from module start-up on");
        assert!(Slot::take(Server::Fpm, 1).is_some());
        assert!(Slot::take(Server::Fpm, 0).is_none());
    }
}

//! Looks inside `struct _php_stream` (`main/php_streams.h`): its descriptor, and its buffer.
//!
//! PHP refuses the descriptor of a stream that has a filter, as every chunked response has, because reading from it
//! would bypass the filter. Waiting does no harm. The bytes that a filter has let through are in the stream's buffer.
//!
//! **Invariant**: nothing is read before the stream proves to be laid out as this file says: its chains of filters
//! name it as their owner, and it names the script's resource.

use std::ffi::{CStr, c_int, c_void};
use std::os::fd::RawFd;
use std::ptr;

use ext_php_rs::types::Zval;

use crate::zend::ffi::{STREAM_AS_FD_FOR_SELECT, STREAM_OPTION_BLOCKING, StreamOps};

/// The numbers of words that a chain of filters may have: head, tail, since PHP 8.6 a count, owner.
const CHAINS: [usize; 2] = [3, 4];

/// The number of words before the chains: the operations, and their data.
const READ_FILTERS: usize = 2;

/// Offsets in words behind the chains.
const RESOURCE: usize = 7;
const READ_POSITION: usize = 14;
const WRITE_POSITION: usize = 15;

/// An open stream whose layout is known.
pub(crate) struct Inside {
    stream: *mut c_void,
    /// The number of words of a chain of its filters.
    chain: usize,
}

impl Inside {
    /// Returns the stream behind a resource, if its layout is as expected.
    pub(crate) fn of(stream: *mut c_void, resource: &Zval) -> Option<Self> {
        if size_of::<usize>() != size_of::<u64>() {
            return None;
        }
        // SAFETY: the value is a resource: it was fetched from one. Only the address is taken.
        let resource = unsafe { resource.value.res }.addr();
        CHAINS.into_iter().map(|chain| Self { stream, chain }).find(|inside| {
            let (read, write) = (READ_FILTERS, inside.write_filters());
            let owner = inside.chain - 1;
            inside.word(read + owner) == stream.addr()
                && inside.word(write + owner) == stream.addr()
                && inside.behind_filters(RESOURCE) == resource
        })
    }

    /// True if a filter is between the descriptor and the script.
    pub(crate) fn is_filtered(&self) -> bool {
        self.word(READ_FILTERS) != 0 || self.word(self.write_filters()) != 0
    }

    /// True if there are bytes in the buffer.
    pub(crate) fn has_unread(&self) -> bool {
        self.behind_filters(WRITE_POSITION) > self.behind_filters(READ_POSITION)
    }

    /// Returns the descriptor below the filters.
    pub(crate) fn descriptor(&self) -> Option<RawFd> {
        let cast = self.operations()?.cast?;
        // A TLS stream reads what it holds and, through filters, more, which may block on the network.
        let was_blocking = self.set_blocking(false);
        let mut fd: RawFd = -1;
        // SAFETY: an open stream and its own operation, which writes a descriptor (`php_socket_t`) to an int of ours.
        // It may run a script's wrapper or filter, and bail out, into the guard of `source`: nothing is owned here,
        // and a socket with TLS that does not wait any more is closed with the request.
        let status = unsafe { cast(self.stream, STREAM_AS_FD_FOR_SELECT, &raw mut fd) };
        if was_blocking {
            self.set_blocking(true);
        }
        (status == 0).then_some(fd)
    }

    /// Sets if a TLS socket blocks, and returns true if it did before.
    fn set_blocking(&self, blocking: bool) -> bool {
        let Some(operations) = self.operations().filter(|operations| is_tls(operations)) else {
            return false;
        };
        let Some(set) = operations.set_option else { return false };
        let (option, value) = (STREAM_OPTION_BLOCKING, c_int::from(blocking));
        // SAFETY: an open stream and its own operation, the engine's for TLS, which sets a flag of its descriptor,
        // takes no further argument for it, and does not bail out.
        unsafe { set(self.stream, option, value, ptr::null_mut()) == 1 }
    }

    fn operations(&self) -> Option<&StreamOps> {
        let operations: *const StreamOps = ptr::with_exposed_provenance(self.word(0));
        // SAFETY: null, or the first word of an open stream: the operations of whoever made it, which are a constant.
        unsafe { operations.as_ref() }
    }

    fn write_filters(&self) -> usize {
        READ_FILTERS + self.chain
    }

    fn behind_filters(&self, index: usize) -> usize {
        self.word(READ_FILTERS + 2 * self.chain + index)
    }

    /// Returns one word of the structure, which has at least 26.
    fn word(&self, index: usize) -> usize {
        // SAFETY: the address of a word within the structure: callers ask for none beyond the 26th.
        let word = unsafe { self.stream.cast::<usize>().add(index) };
        // SAFETY: as above: aligned, as the structure is, and filled in, as the stream is open; callers ask for whole
        // words.
        unsafe { word.read() }
    }
}

fn is_tls(operations: &StreamOps) -> bool {
    // SAFETY: not null; a constant C string.
    let label = (!operations.label.is_null()).then(|| unsafe { CStr::from_ptr(operations.label) });
    label == Some(c"tcp_socket/ssl")
}

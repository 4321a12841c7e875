//! Encoded bytes on their way through the server: on a wire that the server writes to, or without one.
//!
//! What is echoed waits until the script flushes, where it would wait in the server without us, so that not every
//! echo is a block of its own. The server writes while user aborts are ignored: it returns, and whatever holds the
//! bytes is there for the next write.

use std::ffi::c_void;

use super::attached;
use super::ffi::{Flush, UbWrite};
use super::response::coding::{self, Stage};
use super::response::{abort, finished, written};
use super::server::kind::Server;
use super::wire::{HELD_BACK_MAX, Wire};
use crate::zend::globals;

/// The server's own functions.
#[derive(Clone, Copy)]
pub(super) struct Functions {
    pub(super) write: UbWrite,
    pub(super) flush: Option<Flush>,
}

impl Functions {
    /// Keeps what is echoed, and writes it when that is much.
    pub(super) fn echo_to_wire(self, wire: &Wire, bytes: &[u8]) {
        if wire.keep(bytes) > HELD_BACK_MAX {
            self.write_to_wire(wire, false);
        }
    }

    /// Writes all that the wire has.
    pub(super) fn write_to_wire(self, wire: &Wire, is_last: bool) {
        abort::ignoring_abort(|| {
            wire.encoded_through_server(is_last, |bytes| self.write(bytes.as_ptr(), bytes.len()));
        });
    }

    /// The same without a wire. In a fork it goes nowhere, and after the last bytes.
    pub(super) fn echo(self, bytes: &[u8]) {
        if coding::keep(bytes) > echoes_kept() {
            self.write_kept(false);
        }
        abort::abort_if_gone();
    }

    /// Writes what was kept. In a fork that is nothing.
    pub(super) fn write_kept(self, is_last: bool) -> usize {
        let (bytes, length) = coding::encode(is_last);
        abort::ignoring_abort(|| self.write(bytes, length));
        length
    }

    /// Writes encoded bytes. User aborts are ignored, so that it returns.
    fn write(self, bytes: *const u8, length: usize) {
        if length > 0 {
            // SAFETY: the server's own function, with that many readable bytes, which stay as they are until the next
            // ones are encoded. It bails out by way of `php_handle_aborted_connection` only, which returns while
            // aborts are ignored.
            unsafe { (self.write)(bytes.cast(), length) };
        }
    }

    /// Has the server send what it holds back. User aborts are ignored.
    pub(super) fn flush(self, context: *mut c_void) {
        if let Some(flush) = self.flush {
            // SAFETY: the server's own function and context; it returns, as in `write`.
            unsafe { flush(context) };
        }
    }

    /// Writes the last bytes of an encoded response, unless its client has left. A wire that is direct has its own.
    pub(super) fn end(self) {
        let stage = coding::stage();
        if !matches!(stage, Stage::Here(_) | Stage::OnWire(_)) {
            return;
        }
        let context = globals::sapi(|sapi| sapi.server_context);
        let is_there = !abort::client_is_gone();
        attached::with(|wire| match wire {
            Some(wire) if wire.is_direct() => wire.close(),
            Some(wire) if is_there && wire.may_say_goodbye() => {
                self.write_to_wire(wire, true);
                abort::ignoring_abort(|| wire.through_server(b"", || self.flush(context)));
            }
            None if is_there && self.write_kept(true) > 0 => {
                abort::ignoring_abort(|| self.flush(context));
            }
            _ => {}
        });
        written::note_flushed();
        coding::note_end();
        finished::note();
    }
}

/// Returns how many echoed bytes wait for the script's flush, where they would wait in the server.
fn echoes_kept() -> usize {
    match Server::current() {
        // Both send each write at once.
        Server::Cgi | Server::BuiltIn => 0,
        _ => HELD_BACK_MAX,
    }
}

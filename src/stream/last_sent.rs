//! What a client was sent last, to compare with what comes next.
//!
//! The invariant: what is kept here, the client has been sent; in doubt nothing is.

use std::cell::Cell;

/// Bytes that a client was sent, if it was sent any.
#[derive(Default)]
pub(super) struct LastSent(Cell<Option<Vec<u8>>>);

impl LastSent {
    /// Takes the bytes out, for as long as others are being written: output callbacks may send meanwhile, too.
    pub(super) fn take(&self) -> Option<Vec<u8>> {
        self.0.take()
    }

    /// Puts back what was taken, as nothing was written.
    pub(super) fn put_back(&self, bytes: Option<Vec<u8>>) {
        self.0.set(bytes);
    }

    /// Keeps what was written. If others were meanwhile, nobody knows which the client has last, and none is kept.
    pub(super) fn keep(&self, bytes: Vec<u8>) {
        let meanwhile = self.0.take();
        self.0.set(meanwhile.is_none().then_some(bytes));
    }

    /// Forgets it, and frees the memory.
    pub(super) fn forget(&self) {
        self.0.set(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_was_sent_during_a_write_nobody_knows_which_is_the_last() {
        let last = LastSent::default();
        assert_eq!(last.take(), None);
        last.keep(b"outer".to_vec());
        assert_eq!(last.take().as_deref(), Some(&b"outer"[..]));
        last.keep(b"inner".to_vec());
        last.keep(b"outer".to_vec());
        assert_eq!(last.take(), None);
    }
}

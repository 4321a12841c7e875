//! Tracks where in the event stream the last byte is: line start, open event, comment.
//!
//! A script may `echo` beside the API. Then a comment must only be inserted at a line start, and a frame only where
//! no unfinished event of the script's would swallow it. Comments and `retry` lines open no event: a frame goes right
//! behind them, as many clients dispatch at every blank line. And a stream must not end with a comment: some clients
//! do not reconnect then.

use memchr::{memchr2, memrchr_iter};

/// The line of the last byte, and what precedes it since the last blank line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    /// The first bytes of the line, which tell its kind; zeros behind them.
    head: [u8; Tail::HEAD],
    /// The number of those bytes.
    length: u8,
    /// About the whole lines before.
    flags: u8,
}

impl Tail {
    /// The start of a `retry` field.
    const HEAD: usize = 6;

    /// A line since the last blank one belongs to an event.
    const OPEN: u8 = 1;
    /// The last whole line is a comment.
    const COMMENT: u8 = 2;
    /// The last byte is a CR; if an LF follows, it belongs to the same line end.
    const AFTER_CR: u8 = 4;
    /// The last bytes are a heartbeat.
    const HEARTBEAT: u8 = 8;

    /// The tail of an empty response: its beginning counts as a blank line.
    pub const START: Self = Self { head: [0; Self::HEAD], length: 0, flags: 0 };

    /// The tail as a number, for an atomic.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        let mut bytes = [0; Self::HEAD + 2];
        bytes[..Self::HEAD].copy_from_slice(&self.head);
        bytes[Self::HEAD..].copy_from_slice(&[self.length, self.flags]);
        u64::from_ne_bytes(bytes)
    }

    /// Restores the tail from such a number.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        let [head @ .., length, flags] = bits.to_ne_bytes();
        Self { head, length, flags }
    }

    /// Returns the tail after `bytes` were written, too. Bytes before their last blank line are not looked at.
    #[must_use]
    #[inline]
    pub fn after(self, bytes: &[u8]) -> Self {
        if bytes.ends_with(b"\n\n") { Self::START } else { self.after_lines(bytes) }
    }

    /// Returns the tail after a heartbeat.
    #[must_use]
    pub fn after_heartbeat(self, line: &[u8]) -> Self {
        let tail = self.after(line);
        Self { flags: tail.flags | Self::HEARTBEAT, ..tail }
    }

    fn after_lines(self, bytes: &[u8]) -> Self {
        let blank = memrchr_iter(b'\n', bytes).find(|end| bytes[..*end].ends_with(b"\n"));
        let (mut tail, mut rest) = match blank {
            Some(end) => (Self::START, &bytes[end + 1..]),
            None => (self, bytes),
        };
        if !rest.is_empty() {
            if tail.flags & Self::AFTER_CR != 0 {
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            tail.flags &= !(Self::AFTER_CR | Self::HEARTBEAT);
        }
        while let Some(end) = memchr2(b'\r', b'\n', rest) {
            let (line, after) = rest.split_at(end);
            tail = tail.extended(line).after_line();
            if after == b"\r" {
                tail.flags |= Self::AFTER_CR;
            }
            rest = after.strip_prefix(b"\r\n").unwrap_or(&after[1..]);
        }
        tail.extended(rest)
    }

    /// Returns the tail after more of the same line.
    fn extended(mut self, text: &[u8]) -> Self {
        for (kept, byte) in self.head[usize::from(self.length)..].iter_mut().zip(text) {
            *kept = *byte;
            self.length += 1;
        }
        self
    }

    /// Returns the tail after a line feed that ends the line.
    fn after_line(self) -> Self {
        let line = self.line();
        let flags = match line {
            [] => 0,
            [b':', ..] => self.flags & Self::OPEN | Self::COMMENT,
            _ if is_harmless(line) => self.flags & Self::OPEN,
            _ => Self::OPEN,
        };
        Self { flags, ..Self::START }
    }

    fn line(&self) -> &[u8] {
        &self.head[..usize::from(self.length)]
    }

    /// True if a whole line may be inserted here. False after a lone CR: a line feed of the script's may follow,
    /// which would belong to that CR and would end our line instead.
    #[must_use]
    pub fn at_line_start(self) -> bool {
        self.length == 0 && self.flags & Self::AFTER_CR == 0
    }

    /// Returns the bytes that must precede a comment or another line that belongs to no event.
    #[must_use]
    pub fn before_line(self) -> &'static [u8] {
        if self.at_line_start() { b"" } else { b"\n" }
    }

    /// Returns the bytes that must precede a frame, so that it does not become part of what was written before: they
    /// end the open line, and dispatch the open event.
    #[must_use]
    #[inline]
    pub fn before_frame(self) -> &'static [u8] {
        if self == Self::START { b"" } else { self.end_of_event() }
    }

    fn end_of_event(self) -> &'static [u8] {
        let in_line = self.length > 0;
        let ended = if in_line { self.after_line() } else { self };
        match (ended.flags & Self::OPEN != 0, self.at_line_start()) {
            (true, true) => b"\n",
            (true, false) => b"\n\n",
            (false, _) if in_line => b"\n",
            (false, _) => b"",
        }
    }

    /// Returns the bytes that must precede a last line that is no comment; `None` if it is not needed.
    #[must_use]
    pub fn before_last_line(self) -> Option<&'static [u8]> {
        match self.line() {
            [] => (self.flags & Self::COMMENT != 0).then_some(b""),
            [b':', ..] => Some(b"\n"),
            _ => None,
        }
    }

    /// True if the last bytes are a heartbeat.
    #[must_use]
    pub fn ends_in_heartbeat(self) -> bool {
        self.flags & Self::HEARTBEAT != 0
    }
}

/// True if the line that starts so opens no event: it only sets the reconnection time, or sets the event type to what
/// it is anyway.
fn is_harmless(head: &[u8]) -> bool {
    matches!(head, b"retry" | b"retry:" | b"event")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(written: &[&[u8]]) -> Tail {
        written.iter().fold(Tail::START, |tail, bytes| tail.after(bytes))
    }

    fn before_frame(written: &[&[u8]]) -> &'static [u8] {
        tail(written).before_frame()
    }

    #[test]
    fn a_frame_needs_nothing_before_it_where_no_event_is_open() {
        for written in [
            &[b"".as_slice()] as &[&[u8]],
            &[b"\n"],
            &[b"data: x\n\n"],
            &[b"data: x\r\n\r\n"],
            &[b"data: x\r\r\n"],
            &[b"data: x\r\r"],
            &[b"data: x\n\r\n"],
            &[b"data: x\n", b"\n"],
            &[b"data: x\r", b"\n", b"\r", b"\n"],
            &[b":\n"],
            &[b":\n:\n: c\n"],
            &[b":\r\n"],
            &[b":\r"],
            &[b":\n", b"retry: 2000\n"],
            &[b"re", b"try:5\r\n"],
            &[b"retry\n"],
            &[b"event\n"],
            &[b"data: x\n\n:\nretry: 5\n"],
        ] {
            assert_eq!(before_frame(written), b"", "{written:?}");
        }
    }

    #[test]
    fn an_unfinished_event_is_ended_before_a_frame() {
        for written in [
            &[b"data: x\n".as_slice()] as &[&[u8]],
            &[b"data: x\r\n"],
            &[b"data: ", b"x\r", b"\n"],
            &[b"data: x\n", b":\n"],
            &[b"id: 5\nretry: 5\n:\n"],
            &[b":\nid\n"],
            &[b"event:\n"],
            &[b"events\n"],
            &[b"retry2\n"],
            &[b"x\n"],
            &[b"data: y\n\ndata: x\n"],
        ] {
            assert_eq!(before_frame(written), b"\n", "{written:?}");
        }
    }

    #[test]
    fn an_unfinished_line_is_ended_before_a_frame() {
        for written in
            [&[b"data: x".as_slice()] as &[&[u8]], &[b"x"], &[b"data: x\r"], &[b"data: x\n: c"]]
        {
            assert_eq!(before_frame(written), b"\n\n", "{written:?}");
        }
        for written in [b":".as_slice(), b"data: x\n\n: half a comment", b"retry: 5"] {
            assert_eq!(before_frame(&[written]), b"\n", "{written:?}");
        }
    }

    #[test]
    fn a_line_may_go_in_after_a_line_feed_only() {
        assert!(Tail::START.at_line_start());
        assert!(Tail::START.after(b"data: x\r\n").at_line_start());
        assert!(!Tail::START.after(b"data: x").at_line_start());
        assert!(!Tail::START.after(b"data: x\r").at_line_start());
    }

    #[test]
    fn a_comment_is_known_as_the_last_line() {
        for (written, expected) in [
            (b"".as_slice(), None),
            (b":\n", Some(b"".as_slice())),
            (b": c\r\n", Some(b"")),
            (b": c\r", Some(b"")),
            (b"data: x\n:\n", Some(b"")),
            (b"data: x\n\n:", Some(b"\n")),
            (b":\n\n", None),
            (b":\nretry: 5\n", None),
            (b":\ndata: x\n\n", None),
            (b":\ndata: half", None),
        ] {
            let seen = tail(&[written]).before_last_line();
            assert_eq!(seen, expected, "{}", String::from_utf8_lossy(written));
        }
    }

    #[test]
    fn a_heartbeat_is_told_from_a_comment_of_the_scripts() {
        let after = Tail::START.after_heartbeat(b":\n");
        assert!(after.ends_in_heartbeat());
        assert!(after.after(b"").ends_in_heartbeat());
        for bytes in [b":\n".as_slice(), b"data: x\n\n", b"\n", b"x"] {
            assert!(!after.after(bytes).ends_in_heartbeat(), "{bytes:?}");
        }
        assert_eq!(Tail::from_bits(after.to_bits()), after);
    }

    #[test]
    fn a_tail_does_not_depend_on_how_the_bytes_were_cut() {
        let bytes = b"a\r\n\r\nbc\n\ndef\r\rg\n:\nretry: 5\r\n: c\revent\n\rretr\nevent\r";
        for end in 0..=bytes.len() {
            let whole = Tail::START.after(&bytes[..end]);
            let by_byte = bytes[..end].iter().fold(Tail::START, |tail, byte| tail.after(&[*byte]));
            assert_eq!(whole, by_byte, "{end} bytes");
            for cut in 0..=end {
                let in_two = Tail::START.after(&bytes[..cut]).after(&bytes[cut..end]);
                assert_eq!(whole, in_two, "{cut} of {end} bytes");
            }
        }
    }
}

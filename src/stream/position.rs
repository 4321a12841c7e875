//! Where in the event stream the last written byte stands.
//!
//! A script may `echo` beside the API. A comment may then go in at a line start only, and a frame only
//! where no unfinished event of somebody else's would swallow it.

/// The last bytes written, which is all that is needed to know where the stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail([u8; Tail::KEPT]);

impl Tail {
    /// A blank line is told by at most four bytes: CR LF CR LF.
    const KEPT: usize = 4;

    /// The tail of a response without a byte: its beginning is as good as a blank line.
    pub const START: Self = Self(*b"\n\n\n\n");

    /// The tail as a number, for an atomic.
    #[must_use]
    pub fn to_bits(self) -> u32 {
        u32::from_ne_bytes(self.0)
    }

    /// The tail from such a number.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self(bits.to_ne_bytes())
    }

    /// The tail after `bytes` were written too.
    #[must_use]
    pub fn after(self, bytes: &[u8]) -> Self {
        let mut kept = self.0;
        if let Some(last) = bytes.last_chunk() {
            kept = *last;
        } else {
            kept.rotate_left(bytes.len());
            kept[Self::KEPT - bytes.len()..].copy_from_slice(bytes);
        }
        Self(kept)
    }

    /// Whether a whole line may be inserted here. Not after a lone CR: a line feed may follow that
    /// makes it a CRLF, and would end our line instead of theirs.
    #[must_use]
    pub fn at_line_start(self) -> bool {
        self.0.ends_with(b"\n")
    }

    /// The bytes that must come before a frame, so that nothing written earlier becomes part of it:
    /// none after a blank line, else what ends the open line and dispatches the open event.
    #[must_use]
    pub fn before_frame(self) -> &'static [u8] {
        match self.without_line_end() {
            None => b"\n\n",
            Some([.., b'\n' | b'\r']) => b"",
            Some(_) => b"\n",
        }
    }

    /// The tail without the line feed or CRLF that ends it; `None` when it does not end so.
    fn without_line_end(&self) -> Option<&[u8]> {
        let line = self.0.strip_suffix(b"\n")?;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before_frame(written: &[&[u8]]) -> &'static [u8] {
        written.iter().fold(Tail::START, |tail, bytes| tail.after(bytes)).before_frame()
    }

    #[test]
    fn a_frame_needs_nothing_before_it_at_an_event_boundary() {
        for written in [
            &[b"".as_slice()] as &[&[u8]],
            &[b"\n"],
            &[b"data: x\n\n"],
            &[b"data: x\r\n\r\n"],
            &[b"data: x\r\r\n"],
            &[b"data: x\n\r\n"],
            &[b"data: x\n", b"\n"],
            &[b"data: x\r", b"\n", b"\r", b"\n"],
        ] {
            assert_eq!(before_frame(written), b"", "{written:?}");
        }
    }

    #[test]
    fn an_unfinished_event_is_ended_before_a_frame() {
        for written in
            [&[b"data: x\n".as_slice()] as &[&[u8]], &[b"data: x\r\n"], &[b"data: ", b"x\r", b"\n"]]
        {
            assert_eq!(before_frame(written), b"\n", "{written:?}");
        }
    }

    #[test]
    fn an_unfinished_line_is_ended_before_a_frame() {
        for written in [&[b"data: x".as_slice()] as &[&[u8]], &[b"x"], &[b"data: x\r"], &[b"\r\r"]]
        {
            assert_eq!(before_frame(written), b"\n\n", "{written:?}");
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
    fn a_tail_does_not_depend_on_how_the_bytes_were_cut() {
        let bytes = b"a\r\n\r\nbc\n\ndef\r\rg\n";
        for end in 0..bytes.len() {
            let whole = Tail::START.after(&bytes[..end]);
            let by_byte = bytes[..end].iter().fold(Tail::START, |tail, byte| tail.after(&[*byte]));
            assert_eq!(whole, by_byte, "{end} bytes");
        }
    }
}

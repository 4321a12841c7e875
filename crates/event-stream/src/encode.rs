//! Writes the lines of an event stream: fields, data and comments.
//!
//! The invariant: every append starts at a line start and ends with a line feed, and no line end stands between the
//! name of a field and that line feed.

use memchr::memchr2;

use crate::decode::decode;

/// The last line of a stream that would end with a comment and has no reconnection time to repeat. It sets the event
/// type of an event that never comes; some clients do not reconnect if the last line is a comment.
pub const LAST_LINE: &[u8] = b"event\n";

/// Appends `name` and `value`, a value of one line. `name` comes with its colon and one space: the client strips that
/// space, so a space of the value's own survives.
pub(crate) fn push_field(out: &mut Vec<u8>, name: &str, value: &str) {
    push_line(out, name, value.as_bytes());
}

/// Appends a `data` field for each line of `data`, so that the client puts them together again.
pub(crate) fn push_data(out: &mut Vec<u8>, data: &[u8]) {
    const NAME: &str = "data: ";
    if is_plain(data) {
        push_line(out, NAME, data);
    } else {
        push_lines(out, decode(data).as_bytes(), |_| NAME);
    }
}

/// Appends a comment line for each line of `comment`.
pub(crate) fn push_comment(out: &mut Vec<u8>, comment: &[u8]) {
    push_lines(out, decode(comment).as_bytes(), |line| if line.is_empty() { ":" } else { ": " });
}

/// True if all bytes are ASCII and none is a control character below 14. Such bytes are UTF-8 and one line. One
/// comparison checks a whole vector of bytes.
fn is_plain(bytes: &[u8]) -> bool {
    let is_plain =
        |bytes: &[u8]| !bytes.iter().fold(false, |odd, byte| odd | (byte.cast_signed() < 14));
    let (blocks, rest) = bytes.as_chunks::<64>();
    blocks.iter().all(|block| is_plain(block)) && is_plain(rest)
}

/// Appends each line of `text` behind its name. CRLF, LF and CR each end one line; what follows the last line end is
/// a line too, even if it is empty.
fn push_lines(out: &mut Vec<u8>, text: &[u8], name: impl Fn(&[u8]) -> &'static str) {
    let mut rest = text;
    while let Some(end) = memchr2(b'\r', b'\n', rest) {
        let (line, after) = rest.split_at(end);
        if let Some(after) = after.strip_prefix(b"\n") {
            // Copies the line with its line feed: one append instead of two, which counts where lines are short.
            out.extend_from_slice(name(line).as_bytes());
            out.extend_from_slice(&rest[..=end]);
            rest = after;
        } else {
            push_line(out, name(line), line);
            rest = after.strip_prefix(b"\r\n").unwrap_or(&after[1..]);
        }
    }
    push_line(out, name(rest), rest);
}

fn push_line(out: &mut Vec<u8>, name: &str, line: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(line);
    out.push(b'\n');
}

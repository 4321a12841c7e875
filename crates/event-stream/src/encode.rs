//! Lines, and the fields made of them.
//!
//! The invariant: whatever is appended starts at a line start and ends with a line feed, and
//! nothing between the name of a field and that line feed is a line end.

use memchr::memchr2;

use crate::decode::decode;

/// A last line behind a comment, where there is no reconnection time to tell again: it sets the event type
/// of an event that does not come. There are clients that do not come back when a comment is the last line.
pub const LAST_LINE: &[u8] = b"event\n";

/// Appends `name` and `value`, which is one line. `name` comes with the colon and the one space that
/// a client takes off again, so that a space of the value's own survives.
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

/// Whether all is ASCII without control characters below 14: then it is UTF-8, and one line, and that was
/// found with one comparison for each vector of bytes.
fn is_plain(bytes: &[u8]) -> bool {
    let is_plain =
        |bytes: &[u8]| !bytes.iter().fold(false, |odd, byte| odd | (byte.cast_signed() < 14));
    let (blocks, rest) = bytes.as_chunks::<64>();
    blocks.iter().all(|block| is_plain(block)) && is_plain(rest)
}

/// Appends each line of `text` behind its name. CRLF, LF and CR end one line each, and what follows the last
/// line end is a line too, if an empty one.
fn push_lines(out: &mut Vec<u8>, text: &[u8], name: impl Fn(&[u8]) -> &'static str) {
    let mut rest = text;
    while let Some(end) = memchr2(b'\r', b'\n', rest) {
        let (line, after) = rest.split_at(end);
        if let Some(after) = after.strip_prefix(b"\n") {
            // Copied with its line feed, which is felt where lines are short.
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

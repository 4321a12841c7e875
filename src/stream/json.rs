//! Escapes U+0085 in JSON, which some clients take for the end of a line.

use std::borrow::Cow;

use memchr::memmem;

/// U+0085 in UTF-8.
const NEXT_LINE: &[u8] = b"\xc2\x85";

/// Escapes U+0085 in JSON, as PHP does U+2028 and U+2029: some clients take all three for line ends. In JSON it
/// occurs only inside strings, where the escape means the same.
#[must_use]
pub fn without_next_line(json: &[u8]) -> Cow<'_, [u8]> {
    let mut ends = memmem::find_iter(json, NEXT_LINE).peekable();
    if ends.peek().is_none() {
        return Cow::Borrowed(json);
    }
    let mut escaped = Vec::with_capacity(json.len() + 16);
    let mut done = 0;
    for at in ends {
        escaped.extend_from_slice(&json[done..at]);
        escaped.extend_from_slice(b"\\u0085");
        done = at + NEXT_LINE.len();
    }
    escaped.extend_from_slice(&json[done..]);
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_without_one_is_not_copied() {
        for json in ["", "{}", "\"\u{c5}\u{2028}\u{105}\""] {
            assert!(
                matches!(without_next_line(json.as_bytes()), Cow::Borrowed(same) if same == json.as_bytes())
            );
        }
    }

    #[test]
    fn each_is_escaped() {
        let json = "{\"\u{85}\":\"a\\\\\u{85}\u{85}b\u{c5}\"}";
        assert_eq!(
            without_next_line(json.as_bytes()),
            "{\"\\u0085\":\"a\\\\\\u0085\\u0085b\u{c5}\"}".as_bytes()
        );
    }
}

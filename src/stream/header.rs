//! A header line of a response, and the names that an event stream cannot have.

use std::borrow::Cow;

/// Headers that an event stream cannot have: those of a body of another type or length, of a part or a copy of
/// something, and of another status than 200.
pub const NOT_FOR_A_STREAM: [&str; 20] = [
    "Content-Length",
    "Content-Encoding",
    "Transfer-Encoding",
    "Trailer",
    "X-Accel-Redirect",
    "X-Sendfile",
    "X-LIGHTTPD-send-file",
    "Content-MD5",
    "Content-Digest",
    "Repr-Digest",
    "Digest",
    "ETag",
    "Last-Modified",
    "Accept-Ranges",
    "Content-Range",
    "Status",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "Proxy-Authenticate",
];

/// The rule by which a header line is combined with the script's own lines of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The script's own line is replaced.
    Replace,
    /// The script's own line stays, and wins.
    Default,
    /// The value is one of those that the script's own lines list.
    Include,
}

/// One line of a response head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name, in the usual spelling.
    pub name: Cow<'static, str>,
    /// Its value.
    pub value: Cow<'static, str>,
    /// The rule by which it is combined with the script's own.
    pub rule: Rule,
}

impl Header {
    pub(super) const fn new(name: &'static str, value: &'static str, rule: Rule) -> Self {
        Self { name: Cow::Borrowed(name), value: Cow::Borrowed(value), rule }
    }

    /// Makes a header of the script's own, which wins over ours.
    ///
    /// Returns `None` when the name is no token, when the value has a control character, or when an event stream
    /// cannot have such a header or must not have a second one.
    ///
    /// Source: RFC 9110, 5.1 and 5.5.
    #[must_use]
    pub fn custom(name: &str, value: &str) -> Option<Self> {
        let mut reserved = NOT_FOR_A_STREAM.iter().chain(["Content-Type"].iter());
        let reserved = reserved.any(|reserved| reserved.eq_ignore_ascii_case(name));
        let valid = is_token(name) && !value.bytes().any(|b| b.is_ascii_control() && b != b'\t');
        (valid && !reserved).then(|| Self {
            name: name.to_owned().into(),
            value: value.trim_matches([' ', '\t']).to_owned().into(),
            rule: Rule::Replace,
        })
    }
}

/// True if the text is a token of RFC 9110, 5.6.2, as the name of a header has to be.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_header_is_a_token_and_a_line() {
        let header = Header::custom("X-Trace", " a\tb ").unwrap();
        assert_eq!((&*header.name, &*header.value), ("X-Trace", "a\tb"));
        for (name, value) in [
            ("", "x"),
            ("X Y", "x"),
            ("X:", "x"),
            ("X", "a\nb"),
            ("X", "a\0b"),
            ("content-type", "text/html"),
            ("Content-Length", "5"),
            ("etag", "\"1\""),
        ] {
            assert_eq!(Header::custom(name, value), None, "{name}: {value}");
        }
    }
}

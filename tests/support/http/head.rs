//! The status line and the header fields of a response.

/// The head of a response, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    text: String,
}

impl Head {
    /// From its bytes up to the empty line; `None` where that is no HTTP/1 response.
    pub(super) fn parse(bytes: Vec<u8>) -> Option<Self> {
        let text = String::from_utf8(bytes).ok()?;
        let text = text.strip_suffix("\r\n\r\n")?.to_owned();
        let status = text.strip_prefix("HTTP/1.")?.get(2..5)?;
        let fields_are_whole = text.split("\r\n").skip(1).all(|line| line.contains(':'));
        (status.bytes().all(|b| b.is_ascii_digit()) && fields_are_whole).then_some(Self { text })
    }

    /// The status line: `HTTP/1.1 200 OK`.
    pub fn status_line(&self) -> &str {
        self.text.split("\r\n").next().unwrap_or_default()
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status_line()[9..12].parse().expect("three digits, as parse() has seen")
    }

    /// The header fields in the order they were sent, `Name: value` each.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.split("\r\n").skip(1)
    }

    /// The values of all fields of that name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.lines()
            .filter_map(|line| line.split_once(':'))
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    /// The value of the one field of that name.
    ///
    /// # Panics
    /// When there are two: no test expects that by chance.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        match self.all(name)[..] {
            [] => None,
            [value] => Some(value),
            ref several => panic!("{name} was sent more than once: {several:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Head> {
        Head::parse(text.as_bytes().to_vec())
    }

    #[test]
    fn a_head_gives_status_and_fields_as_they_were_sent() {
        let head = parse("HTTP/1.1 200 OK\r\nVary: a\r\nX: 1\r\nvary:b\r\n\r\n").unwrap();
        assert_eq!(head.status(), 200);
        assert_eq!(head.status_line(), "HTTP/1.1 200 OK");
        assert_eq!(head.lines().collect::<Vec<_>>(), ["Vary: a", "X: 1", "vary:b"]);
        assert_eq!(head.all("Vary"), ["a", "b"]);
        assert_eq!(head.header("x"), Some("1"));
        assert_eq!(head.header("y"), None);
    }

    #[test]
    #[should_panic(expected = "Vary was sent more than once")]
    fn two_fields_where_one_is_asked_for_are_a_failure() {
        parse("HTTP/1.1 200 OK\r\nVary: a\r\nvary: b\r\n\r\n").unwrap().header("Vary");
    }

    #[test]
    fn what_is_no_response_is_no_head() {
        for bad in ["", "\r\n\r\n", "HTTP/1.1 2\r\n\r\n", "HTTP/1.1 200 OK\r\nbroken\r\n\r\n"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}

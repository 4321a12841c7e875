//! The origins whose pages may read a stream: the allow-list of CORS.

use std::fmt;

/// The origins whose pages may read a stream; none by default.
///
/// Source: WHATWG Fetch, 3.2 (CORS protocol).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowOrigin {
    everybody: bool,
    origins: Vec<String>,
}

/// An entry that is no origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginError {
    /// The entry as it was given.
    pub entry: String,
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "must be \"*\" or origins without a path such as \"https://example.org\", \"{}\" given",
            self.entry.escape_debug()
        )
    }
}

impl std::error::Error for OriginError {}

/// The access that a page has to the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// It may not read the stream.
    None,
    /// It may read the stream anonymously, without cookies.
    Anonymous,
    /// It may read the stream as its user, with cookies.
    Credentials,
}

impl AllowOrigin {
    /// Parses a list in one string, separated by commas or white space, as in `sse.allow_origin`.
    ///
    /// # Errors
    ///
    /// As [`AllowOrigin::from_entries`].
    pub fn from_list(list: &str) -> Result<Self, OriginError> {
        let entries = list.split(|c: char| c == ',' || c.is_ascii_whitespace());
        Self::from_entries(entries.filter(|entry| !entry.is_empty()))
    }

    /// Parses entries that are each an origin or `*`.
    ///
    /// # Errors
    ///
    /// [`OriginError`] for the first entry that is neither. `null` is refused: any sandboxed frame
    /// on the web can have that origin.
    pub fn from_entries<'a>(
        entries: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, OriginError> {
        let mut allowed = Self::default();
        for entry in entries {
            if entry == "*" {
                allowed.everybody = true;
            } else {
                let error = || OriginError { entry: entry.to_owned() };
                allowed.origins.push(as_browsers_write_it(entry).ok_or_else(error)?);
            }
        }
        Ok(allowed)
    }

    /// True if the response is the same for all origins, so that caches need not tell them apart.
    pub(super) fn is_same_for_all(&self) -> bool {
        self.origins.is_empty()
    }

    /// Returns the access of a page of this origin.
    pub(super) fn grant(&self, origin: &str) -> Grant {
        if self.origins.iter().any(|allowed| allowed == origin) {
            Grant::Credentials
        } else if self.everybody {
            Grant::Anonymous
        } else {
            Grant::None
        }
    }
}

/// Returns the origin as a browser serializes it, in lower case and without the scheme's default port; `None` if it
/// is no origin with a host.
fn as_browsers_write_it(entry: &str) -> Option<String> {
    let entry = entry.to_ascii_lowercase();
    let (scheme, host_and_port) = entry.split_once("://")?;
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let is_host = !host_and_port.is_empty()
        && !host_and_port.starts_with(':')
        && host_and_port.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
    if !is_scheme || !is_host {
        return None;
    }
    let host = host_and_port.strip_suffix(default_port).unwrap_or(host_and_port);
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_as_browsers_write_them() {
        let allowed =
            AllowOrigin::from_list("HTTPS://Example.org:443, http://localhost:8080").unwrap();
        assert_eq!(allowed.grant("https://example.org"), Grant::Credentials);
        assert_eq!(allowed.grant("http://localhost:8080"), Grant::Credentials);
        assert_eq!(allowed.grant("http://example.org"), Grant::None);
        assert_eq!(allowed.grant("https://example.org.evil.test"), Grant::None);
        assert_eq!(allowed.grant("null"), Grant::None);
    }

    #[test]
    fn everybody_is_anonymous() {
        let allowed = AllowOrigin::from_entries(["*", "https://example.org"]).unwrap();
        assert_eq!(allowed.grant("https://other.test"), Grant::Anonymous);
        assert_eq!(allowed.grant("https://example.org"), Grant::Credentials);
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for bad in [
            "",
            "null",
            "example.org",
            "https://",
            "https://:80",
            "https://example.org/",
            "https://example.org/path",
            "https://user@example.org",
            "https://*.example.org",
            "https://example.org\r\nX: y",
            "1http://example.org",
        ] {
            let error = OriginError { entry: bad.to_owned() };
            assert_eq!(AllowOrigin::from_entries([bad]), Err(error));
        }
    }

    #[test]
    fn an_empty_list_allows_nobody() {
        assert_eq!(AllowOrigin::from_list(" , "), Ok(AllowOrigin::default()));
    }
}

//! The content coding of a stream: what its script offers, and what its client takes.
//!
//! Source: RFC 9110, 8.4 and 12.5.3.

use std::fmt;

use content_coding::{Coding, accept};

use super::header::{Header, Rule};

/// The codings that a stream may have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Compression {
    /// None.
    #[default]
    Off,
    /// All that there are: the client's wish decides.
    On,
    /// These, in order of preference.
    Only(Vec<Coding>),
}

/// An entry that is no coding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodingError {
    /// The entry as it was given.
    pub entry: String,
}

impl fmt::Display for CodingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.entry.escape_debug();
        write!(
            f,
            "must be \"on\", or of \"br\", \"zstd\", \"gzip\" and \"deflate\", \"{entry}\" given"
        )
    }
}

impl std::error::Error for CodingError {}

/// The parts of a request that decide.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its protocol, as `HTTP/1.1`.
    pub protocol: Option<&'a str>,
    /// Its field `Accept-Encoding`.
    pub accept_encoding: Option<&'a str>,
}

/// The reason why a stream has no coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCoding {
    /// It is off.
    Off,
    /// A HEAD request wants no body.
    NoBody,
    /// HTTP/1.0 has intermediaries that do not know of codings.
    OldProtocol,
    /// The request does not say what its client takes.
    NothingAccepted,
    /// The client takes none of those that are offered, or likes plain bytes better.
    NotAccepted,
    /// The command line has no response.
    NoResponse,
    /// The response is a part of another one, whose head is not ours.
    PartOfAnother,
    /// A proxy has asked for one that its client may not take.
    Forced,
    /// The head was out before.
    HeadIsOut,
    /// An output handler of PHP's compresses the response.
    CompressedByPhp,
}

impl fmt::Display for NoCoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "it is off (sse.compression, and the option compress)",
            Self::NoBody => "the request wants no body",
            Self::OldProtocol => "the request came by HTTP/1.0",
            Self::NothingAccepted => "the request has no Accept-Encoding",
            Self::NotAccepted => "the request's Accept-Encoding has none of what is offered",
            Self::Forced => "Varnish asks for gzip, whatever its client takes; have vcl_recv return (pipe) for streams",
            Self::NoResponse => "the command line has no response",
            Self::PartOfAnother => "the response is a part of another one",
            Self::CompressedByPhp => "an output handler compresses the response",
            Self::HeadIsOut => "the head was out before, without Content-Encoding",
        })
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codings = self.offered().iter().map(|coding| coding.token());
        match self {
            Self::Off => f.write_str("no"),
            _ => write!(f, "as clients ask: {}", codings.collect::<Vec<_>>().join(", ")),
        }
    }
}

impl Compression {
    /// Parses a list in one string, separated by commas or white space, as in `sse.compression`; `on` and `1` are all
    /// codings, the empty string, `off` and `0` none.
    ///
    /// # Errors
    ///
    /// As [`Compression::from_entries`].
    pub fn from_list(list: &str) -> Result<Self, CodingError> {
        let is = |word: &&str| list.trim().eq_ignore_ascii_case(word);
        if ["on", "1"].iter().any(is) {
            return Ok(Self::On);
        }
        if ["off", "0"].iter().any(is) {
            return Ok(Self::Off);
        }
        let entries = list.split(|c: char| c == ',' || c.is_ascii_whitespace());
        Self::from_entries(entries.filter(|entry| !entry.is_empty()))
    }

    /// Parses entries that are each the name of a coding; no entries are no coding.
    ///
    /// # Errors
    ///
    /// [`CodingError`] for the first that is none.
    pub fn from_entries<'a>(
        entries: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, CodingError> {
        let mut codings = Vec::new();
        for entry in entries {
            let error = || CodingError { entry: entry.to_owned() };
            let coding = Coding::from_token(entry).ok_or_else(error)?;
            if !codings.contains(&coding) {
                codings.push(coding);
            }
        }
        Ok(if codings.is_empty() { Self::Off } else { Self::Only(codings) })
    }

    /// True if a stream may have no coding.
    #[must_use]
    pub fn is_off(&self) -> bool {
        *self == Self::Off
    }

    /// Returns the codings in order of preference.
    #[must_use]
    pub fn offered(&self) -> &[Coding] {
        use Coding::{Brotli, Deflate, Gzip, Zstd};
        match self {
            Self::Off => &[],
            Self::Only(codings) => codings,
            // Measured by `make bench`: zstd makes the least of large events, in the least time; of small ones gzip makes
            // less, in twice the time; brotli less of neither, in several times the time and the memory.
            Self::On => &[Zstd, Gzip, Brotli, Deflate],
        }
    }

    /// Chooses the coding of a response.
    ///
    /// # Errors
    ///
    /// [`NoCoding`], which says why there is none.
    pub fn choose(&self, demand: &Demand<'_>) -> Result<Coding, NoCoding> {
        if self.is_off() {
            return Err(NoCoding::Off);
        }
        if demand.method == "HEAD" {
            return Err(NoCoding::NoBody);
        }
        if demand.protocol == Some("HTTP/1.0") {
            return Err(NoCoding::OldProtocol);
        }
        if demand.accept_encoding.is_none() {
            return Err(NoCoding::NothingAccepted);
        }
        accept::choose(demand.accept_encoding, self.offered()).ok_or(NoCoding::NotAccepted)
    }
}

/// The headers of a stream about its coding, to be set after the script's own. Caches are told that others may get
/// another one, also where this client gets none.
#[must_use]
pub fn coding_headers(is_negotiated: bool, coding: Option<Coding>) -> Vec<Header> {
    let vary = is_negotiated.then(|| Header::new("Vary", "Accept-Encoding", Rule::Include));
    let coding = coding.map(|it| Header::new("Content-Encoding", it.token(), Rule::Replace));
    vary.into_iter().chain(coding).collect()
}

#[cfg(test)]
mod tests {
    use Coding::{Brotli, Deflate, Gzip, Zstd};

    use super::*;

    const BROWSER: Demand<'static> = Demand {
        method: "GET",
        protocol: Some("HTTP/1.1"),
        accept_encoding: Some("gzip, deflate, br, zstd"),
    };

    #[test]
    fn a_list_is_the_order_of_preference() {
        let only = |codings: &[Coding]| Ok(Compression::Only(codings.to_vec()));
        for (list, expected) in [
            ("", Ok(Compression::Off)),
            (" ", Ok(Compression::Off)),
            ("0", Ok(Compression::Off)),
            ("Off", Ok(Compression::Off)),
            ("1", Ok(Compression::On)),
            (" ON ", Ok(Compression::On)),
            ("zstd, br, gzip", only(&[Zstd, Brotli, Gzip])),
            ("GZIP deflate,gzip", only(&[Gzip, Deflate])),
        ] {
            assert_eq!(Compression::from_list(list), expected, "{list:?}");
        }
        for (list, entry) in [("gzip, lzma", "lzma"), ("on, gzip", "on"), ("identity", "identity")]
        {
            let error = CodingError { entry: entry.into() };
            assert_eq!(Compression::from_list(list), Err(error), "{list:?}");
        }
    }

    #[test]
    fn all_codings_are_offered_in_the_order_of_what_they_are_worth() {
        let on = Compression::On;
        let old_browser = Demand { accept_encoding: Some("gzip, deflate, br"), ..BROWSER };
        assert_eq!(on.choose(&BROWSER), Ok(Zstd));
        assert_eq!(on.choose(&old_browser), Ok(Gzip));
        let listed = Compression::from_list("gzip, br").unwrap();
        assert_eq!(listed.choose(&BROWSER), Ok(Gzip));
        let weighed = Demand { accept_encoding: Some("zstd;q=0.1, br"), ..BROWSER };
        assert_eq!(on.choose(&weighed), Ok(Brotli));
    }

    #[test]
    fn why_there_is_no_coding_is_known() {
        let chosen = |demand: &Demand<'_>| Compression::On.choose(demand);
        let off = Compression::Off.choose(&BROWSER);
        assert_eq!(off, Err(NoCoding::Off));
        assert_eq!(chosen(&Demand { method: "HEAD", ..BROWSER }), Err(NoCoding::NoBody));
        let old = Demand { protocol: Some("HTTP/1.0"), ..BROWSER };
        assert_eq!(chosen(&old), Err(NoCoding::OldProtocol));
        let silent = Demand { accept_encoding: None, ..BROWSER };
        assert_eq!(chosen(&silent), Err(NoCoding::NothingAccepted));
        for field in ["", "identity", "compress", "br;q=0, identity", "*;q=0"] {
            let demand = Demand { accept_encoding: Some(field), ..BROWSER };
            assert_eq!(chosen(&demand), Err(NoCoding::NotAccepted), "{field:?}");
        }
    }

    #[test]
    fn caches_are_told_wherever_there_is_a_choice() {
        let lines = |is_negotiated, coding| {
            let headers = coding_headers(is_negotiated, coding);
            headers.iter().map(|it| format!("{}: {}", it.name, it.value)).collect::<Vec<_>>()
        };
        assert_eq!(lines(true, Some(Gzip)), ["Vary: Accept-Encoding", "Content-Encoding: gzip"]);
        assert_eq!(lines(true, None), ["Vary: Accept-Encoding"]);
        assert_eq!(lines(false, None), [""; 0]);
    }
}

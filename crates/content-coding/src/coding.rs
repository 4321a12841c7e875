//! The codings, their names, and what is fixed in each.

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Coding {
    /// `zstd` (RFC 8878).
    Zstd,
    /// `br` (RFC 7932).
    Brotli,
    /// `gzip` (RFC 1952).
    Gzip,
    /// `deflate`: zlib's format (RFC 1950), as RFC 9110, 8.4.1.2 has it.
    Deflate,
}

impl Coding {
    /// All of them, by their index.
    pub const ALL: [Self; 4] = [Self::Zstd, Self::Brotli, Self::Gzip, Self::Deflate];

    /// Its name in HTTP.
    #[must_use]
    pub fn token(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    /// The coding of this name, in any case; `x-gzip` is `gzip` (RFC 9110, 8.4.1.3).
    #[must_use]
    pub fn from_token(token: &str) -> Option<Self> {
        let is = |name: &str| name.eq_ignore_ascii_case(token);
        let alias = is("x-gzip").then_some(Self::Gzip);
        alias.or_else(|| Self::ALL.into_iter().find(|coding| is(coding.token())))
    }

    /// Its number, from 0 to 3.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Zstd => 0,
            Self::Brotli => 1,
            Self::Gzip => 2,
            Self::Deflate => 3,
        }
    }

    /// The coding of this number.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The first bytes of a response.
    #[must_use]
    pub fn head(self) -> &'static [u8] {
        match self {
            Self::Zstd => b"",
            // A window of 2^18 bytes, and an empty metadata block up to the boundary of the byte.
            Self::Brotli => b"\x63\0",
            // No flags, no time, no hint about the encoder, an unknown system.
            Self::Gzip => b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
            // A window of 2^15 bytes, the default level.
            Self::Deflate => b"\x78\x9c",
        }
    }

    /// What ends a segment that an encoder has left open: the last block of zstd's frame, empty.
    #[must_use]
    pub(crate) fn end_of_segment(self) -> &'static [u8] {
        match self {
            Self::Zstd => b"\x01\0\0",
            Self::Brotli | Self::Gzip | Self::Deflate => b"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_coding_is_found_by_its_name_and_its_number() {
        for (index, coding) in Coding::ALL.into_iter().enumerate() {
            assert_eq!(coding.index(), index);
            assert_eq!(Coding::from_index(index), Some(coding));
            assert_eq!(Coding::from_token(coding.token()), Some(coding));
            assert_eq!(Coding::from_token(&coding.token().to_uppercase()), Some(coding));
        }
        assert_eq!(Coding::from_index(4), None);
        assert_eq!(Coding::from_token("x-gzip"), Some(Coding::Gzip));
        assert_eq!(Coding::from_token("identity"), None);
    }
}

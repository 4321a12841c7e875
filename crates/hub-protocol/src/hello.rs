//! The hello: the first eight bytes of either side, which name the protocol version.
//!
//! They never change from version to version, so that every version can recognize another one.

use std::error::Error;
use std::fmt;

/// The version of the messages in this crate. One more with every change to them.
pub const VERSION: u16 = 4;

const MAGIC: [u8; 4] = *b"SSEH";

/// The first eight bytes that each side sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    version: u16,
}

/// The reason why the two sides cannot talk to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelloError {
    /// It is not a hub, nor a client of one.
    NotAHub,
    /// It speaks another version of these messages.
    OtherVersion(u16),
}

impl fmt::Display for HelloError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAHub => f.write_str("the server there does not speak the hub's protocol"),
            Self::OtherVersion(theirs) => write!(
                f,
                "the peer speaks version {theirs} of the hub's protocol, and this program version {VERSION}: \
                 the extension and sse-hub have to be of one release"
            ),
        }
    }
}

impl Error for HelloError {}

impl Hello {
    /// The length of a hello on the wire, in bytes.
    pub const LENGTH: usize = 8;

    /// The hello of this crate's version.
    pub const OURS: Self = Self { version: VERSION };

    /// The bytes that are sent: the magic, the version (little endian), two reserved zeros.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        let [m0, m1, m2, m3] = MAGIC;
        let [low, high] = self.version.to_le_bytes();
        [m0, m1, m2, m3, low, high, 0, 0]
    }

    /// Checks what the other side has sent.
    ///
    /// # Errors
    ///
    /// [`HelloError`] when these are not the bytes of a hello, or of one of another version.
    pub fn check(bytes: [u8; Self::LENGTH]) -> Result<(), HelloError> {
        let [m0, m1, m2, m3, low, high, ..] = bytes;
        match u16::from_le_bytes([low, high]) {
            _ if [m0, m1, m2, m3] != MAGIC => Err(HelloError::NotAHub),
            VERSION => Ok(()),
            other => Err(HelloError::OtherVersion(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_bytes_never_change() {
        assert_eq!(Hello::OURS.to_bytes(), *b"SSEH\x04\0\0\0");
        assert_eq!(Hello::check(Hello::OURS.to_bytes()), Ok(()));
    }

    #[test]
    fn another_version_is_named() {
        assert_eq!(Hello::check(*b"SSEH\x03\x01\0\0"), Err(HelloError::OtherVersion(0x0103)));
    }

    #[test]
    fn reserved_bytes_may_come_to_mean_something() {
        assert_eq!(Hello::check(*b"SSEH\x04\0\x07\x07"), Ok(()));
    }

    #[test]
    fn something_else_is_not_a_hub() {
        assert_eq!(Hello::check(*b"GET / HT"), Err(HelloError::NotAHub));
    }
}

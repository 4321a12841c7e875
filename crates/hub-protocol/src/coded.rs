//! A response in a content coding (RFC 9110, 8.4), and where it stands when somebody else goes on with it.

use content_coding::{Coding, Progress};
use serde::{Deserialize, Serialize};

/// The content coding of a response, and what was encoded of it so far. What was sent ends with a whole byte, and
/// nothing that follows refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Coded {
    /// The coding.
    pub coding: Coding,
    /// Where the response stands.
    pub progress: Progress,
}

/// The number of the coding, and those of the progress, as a message has them.
#[derive(Serialize, Deserialize)]
struct Parts(u8, u32, u32, bool);

impl TryFrom<Parts> for Coded {
    type Error = &'static str;

    fn try_from(Parts(coding, checksum, length, is_open): Parts) -> Result<Self, &'static str> {
        let coding = Coding::from_index(coding.into()).ok_or("there is no such content coding")?;
        Ok(Self { coding, progress: Progress::from_numbers((checksum, length, is_open)) })
    }
}

impl From<Coded> for Parts {
    fn from(Coded { coding, progress }: Coded) -> Self {
        let (checksum, length, is_open) = progress.numbers();
        // There are four.
        Self(u8::try_from(coding.index()).unwrap_or(u8::MAX), checksum, length, is_open)
    }
}

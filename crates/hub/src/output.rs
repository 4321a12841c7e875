//! The kind of peer that a stream is sent to, which decides its encoding.

use content_coding::Coding;
use hub_protocol::{Coded, Framing};

/// The id that nginx, Apache and lighttpd give their only request.
const USUAL_REQUEST: u16 = 1;

/// The kind of peer that a stream is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// A client, possibly behind a web server.
    Http {
        framing: Framing,
        /// The content coding of its response.
        coding: Option<Coding>,
    },
    /// A worker, which serves the stream itself.
    Worker,
}

impl Output {
    /// The number of encodings without a content coding whose bytes are worth sharing. Theirs are the first indexes.
    pub(crate) const PLAIN: usize = Self::FRAMINGS + 1;

    /// The number of all encodings whose bytes are worth sharing.
    pub(crate) const SHARED: usize = Self::PLAIN + Self::FRAMINGS * Coding::ALL.len();

    /// The number of framings whose bytes are worth sharing.
    pub(crate) const FRAMINGS: usize = 3;

    /// A client, whose response has no content coding.
    #[cfg(test)]
    pub(crate) fn plain(framing: Framing) -> Self {
        Self::Http { framing, coding: None }
    }

    /// The peer to which a stream is sent in this framing and this coding; a worker if there is none.
    pub(crate) fn new(framing: Option<Framing>, coded: Option<Coded>) -> Self {
        let coding = coded.map(|coded| coded.coding);
        framing.map_or(Self::Worker, |framing| Self::Http { framing, coding })
    }

    /// The framing of a client's response.
    pub(crate) fn framing(self) -> Option<Framing> {
        match self {
            Self::Http { framing, .. } => Some(framing),
            Self::Worker => None,
        }
    }

    /// The content coding.
    pub(crate) fn coding(self) -> Option<Coding> {
        match self {
            Self::Http { coding, .. } => coding,
            Self::Worker => None,
        }
    }

    /// The index of this one among the encodings that are worth sharing, if it is one.
    pub(crate) fn shared(self) -> Option<usize> {
        match self {
            Self::Http { framing, coding: None } => shared_framing(framing),
            Self::Http { framing, coding: Some(coding) } => {
                Some(Self::PLAIN + Self::FRAMINGS * coding.index() + shared_framing(framing)?)
            }
            Self::Worker => Some(Self::FRAMINGS),
        }
    }

    /// The indexes of the encodings that are made for this one: in a coding, bytes are framed after they are compressed.
    pub(crate) fn encodings(self) -> impl Iterator<Item = usize> {
        let raw = Self::Http { framing: Framing::Raw, coding: self.coding() };
        let raw = self.coding().and_then(|_| raw.shared());
        self.shared().into_iter().chain(raw)
    }
}

/// The index of a framing among those whose bytes are worth sharing, if it is one.
pub(crate) fn shared_framing(framing: Framing) -> Option<usize> {
    match framing {
        Framing::FastCgi { request_id: USUAL_REQUEST, .. } => Some(0),
        Framing::FastCgi { .. } => None,
        Framing::Raw => Some(1),
        Framing::Chunked => Some(2),
    }
}

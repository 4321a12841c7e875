//! The kind of peer that a stream is sent to, which decides its encoding.

use hub_protocol::Framing;

/// The id that nginx, Apache and lighttpd give their only request.
const USUAL_REQUEST: u16 = 1;

/// The kind of peer that a stream is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// A client, possibly behind a web server.
    Http(Framing),
    /// A worker, which serves the stream itself.
    Worker,
}

impl Output {
    /// The number of encodings whose bytes are worth sharing.
    pub(crate) const SHARED: usize = 4;

    /// The index of this one among them, if it is one.
    pub(crate) fn shared(self) -> Option<usize> {
        match self {
            Self::Http(Framing::FastCgi { request_id: USUAL_REQUEST, .. }) => Some(0),
            Self::Http(Framing::FastCgi { .. }) => None,
            Self::Http(Framing::Raw) => Some(1),
            Self::Http(Framing::Chunked) => Some(2),
            Self::Worker => Some(3),
        }
    }
}

//! Where the bytes of a stream go.

use hub_protocol::Framing;

/// nginx, Apache and lighttpd number their only request so.
const USUAL_REQUEST: u16 = 1;

/// Where the bytes of a stream go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// To a client, by way of a web server or not.
    Http(Framing),
    /// To a worker, which serves the stream itself.
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

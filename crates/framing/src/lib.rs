//! How the bytes of a response stand on its connection: in records of FastCGI, in chunks of HTTP/1.1, or as they
//! are.
//!
//! The invariant: what is wrapped is whole, so that nothing else can come to stand inside it; and nothing that is
//! wrapped ends the response.
//!
//! ```
//! use framing::Framing;
//!
//! assert_eq!(Framing::Chunked.wrap(b":\n"), b"2\r\n:\n\r\n");
//! assert_eq!(Framing::Chunked.end(), b"0\r\n\r\n");
//! ```
//!
//! # Layout
//! * `fastcgi`: records

#![forbid(unsafe_code)]

mod fastcgi;

use std::io::Write;

use serde::{Deserialize, Serialize};

pub use fastcgi::{CONTENT_MAX, HEADER, Header, end_of_stdout, stdout_header};

/// How the bytes of a response stand on its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// In records of `FCGI_STDOUT`; the end is an `FCGI_END_REQUEST` (FastCGI 1.0, 3.3 and 5.5).
    FastCgi {
        /// The id of the request, 1 to 65,535.
        request_id: u16,
        /// True where nginx would use the connection for its next request, too, and it is to be closed: behind the
        /// end there has to be something that makes nginx close it first.
        is_kept: bool,
    },
    /// As they are; the end is the end of the connection.
    Raw,
    /// In chunks; the end is an empty one (RFC 9112, 7.1).
    Chunked,
}

impl Framing {
    /// The bytes as they have to be sent; none for none, as an empty record or chunk would be the end.
    #[must_use]
    pub fn wrap(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Raw => bytes.to_vec(),
            Self::Chunked if bytes.is_empty() => Vec::new(),
            Self::Chunked => chunk(bytes),
            Self::FastCgi { request_id, .. } => fastcgi::records(request_id, bytes),
        }
    }

    /// What ends the response.
    #[must_use]
    pub fn end(self) -> Vec<u8> {
        match self {
            Self::Raw => Vec::new(),
            Self::Chunked => b"0\r\n\r\n".to_vec(),
            Self::FastCgi { request_id, is_kept } => fastcgi::end(request_id, is_kept),
        }
    }
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = Vec::with_capacity(bytes.len() + 20);
    // A vector takes whatever is written to it.
    let _ = write!(chunk, "{:x}\r\n", bytes.len());
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

//! Frames a response on its connection: FastCGI records, HTTP/1.1 chunks, or raw bytes.
//!
//! The invariant: wrapped bytes are a whole number of records or chunks, so that nothing else can get inside one; and
//! none of them ends the response.
//!
//! ```
//! use framing::Framing;
//!
//! assert_eq!(Framing::Chunked.wrap(b":\n"), b"2\r\n:\n\r\n");
//! assert_eq!(Framing::Chunked.end(), b"0\r\n\r\n");
//! ```
//!
//! # Layout
//! * `fastcgi`: FastCGI records

#![forbid(unsafe_code)]

mod fastcgi;

use std::io::Write;

use serde::{Deserialize, Serialize};

pub use fastcgi::{CONTENT_MAX, HEADER, Header, end_of_stdout, stdout_header};

/// The way in which the bytes of a response are framed on its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// In records of `FCGI_STDOUT`; the end is an `FCGI_END_REQUEST` (FastCGI 1.0, 3.3 and 5.5).
    FastCgi {
        /// The id of the request, 1 to 65,535.
        request_id: u16,
        /// True if nginx would reuse the connection for its next request although it is to be closed: the end then
        /// needs a record behind it that makes nginx close it first.
        is_kept: bool,
    },
    /// As they are; the end is the end of the connection.
    Raw,
    /// In chunks; the end is an empty one (RFC 9112, 7.1).
    Chunked,
}

impl Framing {
    /// Returns the bytes as they have to be sent. No bytes stay no bytes: an empty record or chunk would end the
    /// response.
    #[must_use]
    pub fn wrap(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Raw => bytes.to_vec(),
            Self::Chunked if bytes.is_empty() => Vec::new(),
            Self::Chunked => chunk(bytes),
            Self::FastCgi { request_id, .. } => fastcgi::records(request_id, bytes),
        }
    }

    /// Returns the bytes that end the response.
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

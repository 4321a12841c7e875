//! Content codings: decodes a body as it arrives, and knows the bytes that end it.
//!
//! A piece is decoded as far as it can be told when it arrives: what an encoder holds back comes late here, as it
//! does in a browser. None of these decoders is by the people whose encoders the extension has; but for zstd,
//! where every browser has that one.
//!
//! # Layout
//! - [`inflate`]: gzip and deflate
//! - [`brotli`], [`zstd`]: one coding each

mod brotli;
mod inflate;
mod zstd;

use std::fmt;
use std::io;
use std::time::Instant;

use crate::http::{Body, Response};
use crate::reader::{End, Piece, ReadError, Reader, Source};

/// A coding, by the name that HTTP gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// RFC 8878, in one frame or several.
    Zstd,
    /// RFC 7932.
    Brotli,
    /// RFC 1952, in one member: browsers read no second one.
    Gzip,
    /// RFC 1950, which HTTP calls deflate.
    Deflate,
}

impl Coding {
    /// All that there are.
    pub const ALL: [Self; 4] = [Self::Zstd, Self::Brotli, Self::Gzip, Self::Deflate];

    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    pub fn token(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    /// The one of that name.
    pub fn of(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|coding| coding.token() == token)
    }

    fn decoder(self) -> Box<dyn Decode> {
        match self {
            Self::Zstd => Box::new(zstd::Zstd::new()),
            Self::Brotli => Box::new(brotli::Brotli::new()),
            Self::Gzip => Box::new(inflate::Gzip::new()),
            Self::Deflate => Box::new(inflate::Deflate::new()),
        }
    }
}

/// A decoder of one coding.
trait Decode: Send {
    /// Appends all that can be told from these bytes and those before; or says what is wrong with them.
    fn decode(&mut self, bytes: &[u8], decoded: &mut Vec<u8>) -> Result<(), String>;

    /// Why the body must not end here; `None` where it may.
    fn lacks(&self) -> Option<&'static str>;
}

/// A body without its coding, if it has one. Its end is clean where that of the coding has come, too.
pub struct Decoded<S> {
    source: S,
    coding: Option<Coding>,
    decoder: Option<Box<dyn Decode>>,
    encoded: Vec<u8>,
    end: Option<End>,
}

impl<S: Source> Decoded<S> {
    /// Decodes `source`.
    pub fn new(source: S, coding: Option<Coding>) -> Self {
        let decoder = coding.map(Coding::decoder);
        Self { source, coding, decoder, encoded: Vec::new(), end: None }
    }

    /// The coding.
    pub fn coding(&self) -> Option<Coding> {
        self.coding
    }

    /// All bytes that have come in so far, as they came.
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// Where the bytes come from.
    pub fn into_source(self) -> S {
        self.source
    }

    fn finish(&mut self) {
        let lacks = self.decoder.as_ref().and_then(|decoder| decoder.lacks());
        self.end = match (self.source.end(), lacks) {
            (Some(End::Clean) | None, Some(lacks)) => Some(End::Cut(lacks.to_owned())),
            (end, _) => end.cloned(),
        };
    }
}

impl Decoded<Body> {
    /// The body of a response, by what its head says. What nobody knows is left as it is.
    #[track_caller]
    pub fn body_of(response: Response) -> Reader<Self> {
        let coding = response.header("Content-Encoding").and_then(Coding::of);
        Reader::new(Self::new(response.body.into_source(), coding))
    }
}

impl<S: Source> Source for Decoded<S> {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        while self.end.is_none() {
            let Some(Piece { at, bytes }) = self.source.next_piece(deadline)? else {
                self.finish();
                break;
            };
            let Some(decoder) = &mut self.decoder else { return Ok(Some(Piece { at, bytes })) };
            self.encoded.extend_from_slice(&bytes);
            let mut text = Vec::new();
            if let Err(what) = decoder.decode(&bytes, &mut text) {
                let token = self.coding.map_or("", Coding::token);
                let shown = bytes[..bytes.len().min(200)].escape_ascii();
                let words = format!("{what}, in {token}: \"{shown}\"");
                return Err(ReadError::Io(io::Error::other(words)));
            }
            if !text.is_empty() {
                return Ok(Some(Piece { at, bytes: text }));
            }
        }
        Ok(None)
    }

    fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }
}

impl<S: fmt::Debug> fmt::Debug for Decoded<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, coding, encoded, end, .. } = self;
        let encoded = encoded.len();
        write!(f, "Decoded {{ {coding:?}, {encoded} bytes, {end:?}, {source:?} }}")
    }
}

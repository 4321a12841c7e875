//! Decodes a response as it comes in.

use std::io::{self, Write};

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use flate2::write::{GzDecoder, ZlibDecoder};

use crate::coding::Coding;

/// Decodes a response in a coding, part by part.
pub struct Decoder(Format);

type BrotliDecoder = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

enum Format {
    Zstd(zstd::stream::write::Decoder<'static, Vec<u8>>),
    /// With the answer to what it was fed last.
    Brotli(Box<BrotliDecoder>, BrotliResult),
    Gzip(GzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
}

/// The bytes are not in this coding.
#[derive(Debug)]
pub struct Damaged(io::Error);

impl std::fmt::Display for Damaged {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "the response is damaged: {}", self.0)
    }
}

impl std::error::Error for Damaged {}

impl Decoder {
    /// A decoder of a response of which nothing was read.
    ///
    /// # Errors
    ///
    /// If there is no memory for it.
    pub fn new(coding: Coding) -> Result<Self, Damaged> {
        Ok(Self(match coding {
            Coding::Zstd => {
                Format::Zstd(zstd::stream::write::Decoder::new(Vec::new()).map_err(Damaged)?)
            }
            Coding::Brotli => {
                let alloc = StandardAlloc::default;
                let state = Box::new(BrotliState::new(alloc(), alloc(), alloc()));
                Format::Brotli(state, BrotliResult::NeedsMoreInput)
            }
            Coding::Gzip => Format::Gzip(GzDecoder::new(Vec::new())),
            Coding::Deflate => Format::Deflate(ZlibDecoder::new(Vec::new())),
        }))
    }

    /// Decodes more of it; returns all that can be decoded so far and was not returned before.
    ///
    /// # Errors
    ///
    /// [`Damaged`].
    pub fn decode(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
        match &mut self.0 {
            Format::Zstd(decoder) => written(decoder, bytes).map(|()| decoder.get_mut()),
            Format::Gzip(decoder) => written(decoder, bytes).map(|()| decoder.get_mut()),
            Format::Deflate(decoder) => written(decoder, bytes).map(|()| decoder.get_mut()),
            Format::Brotli(state, result) => return decode_brotli(state, result, bytes),
        }
        .map(std::mem::take)
        .map_err(Damaged)
    }

    /// Checks that the response has ended as it should: with its last bytes, and the right checksum.
    ///
    /// # Errors
    ///
    /// [`Damaged`].
    pub fn finish(self) -> Result<(), Damaged> {
        match self.0 {
            Format::Zstd(mut decoder) => decoder.flush().map_err(Damaged),
            Format::Brotli(_, BrotliResult::ResultSuccess) => Ok(()),
            Format::Brotli(..) => Err(Damaged(io::ErrorKind::UnexpectedEof.into())),
            Format::Gzip(mut decoder) => decoder.try_finish().map_err(Damaged),
            Format::Deflate(mut decoder) => decoder.try_finish().map_err(Damaged),
        }
    }
}

fn written(decoder: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    decoder.write_all(bytes)?;
    decoder.flush()
}

/// The library's own writer keeps back what does not fit its buffer.
fn decode_brotli(
    state: &mut BrotliDecoder,
    result: &mut BrotliResult,
    bytes: &[u8],
) -> Result<Vec<u8>, Damaged> {
    let (mut left, mut read) = (bytes.len(), 0);
    let mut decoded = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let (mut room, mut written) = (buffer.len(), 0);
        *result = BrotliDecompressStream(
            &mut left,
            &mut read,
            bytes,
            &mut room,
            &mut written,
            &mut buffer,
            &mut 0,
            state,
        );
        decoded.extend_from_slice(buffer.get(..written).unwrap_or_default());
        match result {
            BrotliResult::NeedsMoreOutput => {}
            // It asks for input also where it has more output.
            BrotliResult::NeedsMoreInput if room == 0 => {}
            BrotliResult::ResultSuccess if left > 0 => {
                return Err(Damaged(io::Error::other("there is more behind its end")));
            }
            BrotliResult::ResultFailure => {
                return Err(Damaged(io::Error::other("this is not brotli")));
            }
            BrotliResult::NeedsMoreInput | BrotliResult::ResultSuccess => return Ok(decoded),
        }
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Decoder").finish_non_exhaustive()
    }
}

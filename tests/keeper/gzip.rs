//! Bytes that a server has compressed on their way.

use std::io::{Error, Write};
use std::time::Instant;

use flate2::write::GzDecoder;
use server_tests::reader::{End, Piece, ReadError, Source};

/// The bytes of a gzip stream, as soon as they can be told.
pub(crate) struct Unzipped<S> {
    zipped: S,
    decoder: GzDecoder<Vec<u8>>,
}

impl<S: Source> Unzipped<S> {
    pub(crate) fn new(zipped: S) -> Self {
        Self { zipped, decoder: GzDecoder::new(Vec::new()) }
    }

    fn unzip(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        self.decoder.write_all(bytes)?;
        self.decoder.flush()?;
        Ok(std::mem::take(self.decoder.get_mut()))
    }
}

impl<S: Source> Source for Unzipped<S> {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        while let Some(Piece { at, bytes }) = self.zipped.next_piece(deadline)? {
            let bytes = self.unzip(&bytes).map_err(ReadError::Io)?;
            if !bytes.is_empty() {
                return Ok(Some(Piece { at, bytes }));
            }
        }
        Ok(None)
    }

    fn end(&self) -> Option<&End> {
        self.zipped.end()
    }
}

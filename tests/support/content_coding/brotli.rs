//! br, by the library of those who have made it.

use brotlic::BrotliDecoder;
use brotlic::decode::DecoderInfo;

use super::Decode;

pub(super) struct Brotli {
    decoder: BrotliDecoder,
    ended: bool,
}

impl Brotli {
    pub(super) fn new() -> Self {
        Self { decoder: BrotliDecoder::new(), ended: false }
    }
}

impl Decode for Brotli {
    fn decode(&mut self, mut bytes: &[u8], decoded: &mut Vec<u8>) -> Result<(), String> {
        let mut buffer = vec![0; 1 << 16];
        while !self.ended {
            let result = self.decoder.decompress(bytes, &mut buffer);
            let result = result.map_err(|error| error.to_string())?;
            bytes = &bytes[result.bytes_read..];
            decoded.extend_from_slice(&buffer[..result.bytes_written]);
            match result.info {
                DecoderInfo::Finished => self.ended = true,
                // It says so also where it has more than there was room for.
                DecoderInfo::NeedsMoreInput if result.bytes_written < buffer.len() => return Ok(()),
                DecoderInfo::NeedsMoreInput | DecoderInfo::NeedsMoreOutput => {}
            }
        }
        if bytes.is_empty() { Ok(()) } else { Err(format!("{} bytes after the end", bytes.len())) }
    }

    fn lacks(&self) -> Option<&'static str> {
        (!self.ended).then_some("br has no last block")
    }
}

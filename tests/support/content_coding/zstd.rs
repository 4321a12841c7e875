//! zstd, one frame after another.

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::Decode;

/// The largest window that a client has to take, by RFC 9659: 8 MiB.
const LARGEST_WINDOW_LOG: u32 = 23;

pub(super) struct Zstd {
    decoder: Decoder<'static>,
    /// True if a frame has begun and not ended.
    open: bool,
}

impl Zstd {
    pub(super) fn new() -> Self {
        let mut decoder = Decoder::new().unwrap();
        decoder.set_parameter(DParameter::WindowLogMax(LARGEST_WINDOW_LOG)).unwrap();
        Self { decoder, open: false }
    }
}

impl Decode for Zstd {
    fn decode(&mut self, bytes: &[u8], decoded: &mut Vec<u8>) -> Result<(), String> {
        let mut buffer = vec![0; 1 << 16];
        let mut input = InBuffer::around(bytes);
        loop {
            let mut output = OutBuffer::around(&mut buffer[..]);
            let status =
                self.decoder.run(&mut input, &mut output).map_err(|error| error.to_string())?;
            let filled = output.pos();
            decoded.extend_from_slice(&buffer[..filled]);
            let is_all = input.pos() == bytes.len();
            self.open = status > 0;
            // At the end of a frame nothing is held back; to ask again would be to begin the next.
            if is_all && (!self.open || filled < buffer.len()) {
                return Ok(());
            }
        }
    }

    fn lacks(&self) -> Option<&'static str> {
        self.open.then_some("a frame of zstd has not ended")
    }
}

//! The encoder of brotli: meta-blocks (RFC 7932) that may follow those of another encoder.

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation as Operation, BrotliEncoderParameter as Parameter,
    BrotliEncoderStateStruct as State,
};

/// Its quality: beyond it each event takes several times as long.
const QUALITY: u32 = 5;
/// That of one event alone: at the other one, its tables take more time than the event.
const QUALITY_ALONE: u32 = 4;
/// The window, 2^18 bytes: what the head of a response says. For one of 2^16 or less the library takes tables of 33 MB.
const WINDOW_BITS: u32 = 18;
/// So many bytes fit its buffer. Behind them it finds the event before no more: a board is three times as long, and
/// another encoder is worth its beginning.
const LIFE: usize = 2 << WINDOW_BITS;

/// The encoder of meta-blocks.
pub(crate) struct MetaBlocks {
    state: Box<State<StandardAlloc>>,
    /// The bytes that it was given.
    length: usize,
}

impl MetaBlocks {
    /// About the memory that it takes, in bytes: its window twice, the table of its hashes, commands.
    pub(crate) const MEMORY: usize = 1840 * 1024;

    pub(crate) fn new() -> Self {
        Self { state: Box::new(state(QUALITY, WINDOW_BITS)), length: 0 }
    }

    /// For so many bytes at most, and so with less memory.
    pub(crate) fn for_length(length: usize) -> Self {
        let bits = length.next_power_of_two().trailing_zeros() + 1;
        let state = state(QUALITY_ALONE, bits.clamp(10, WINDOW_BITS));
        Self { state: Box::new(state), length: 0 }
    }

    /// Appends meta-blocks with these bytes, up to the boundary of a byte; false if it failed, and nothing was
    /// appended.
    pub(crate) fn append(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        let before = out.len();
        if self.length > 0 && self.length + bytes.len() > LIFE {
            *self = Self::new();
        }
        self.length += bytes.len();
        let mut left = bytes.len();
        while left > 0 {
            if !self.step(Operation::BROTLI_OPERATION_PROCESS, bytes, &mut left, out) {
                out.truncate(before);
                return false;
            }
        }
        // Until nothing more comes: what waits goes out first, and the padding last.
        loop {
            let length = out.len();
            if !self.step(Operation::BROTLI_OPERATION_FLUSH, &[], &mut 0, out) {
                out.truncate(before);
                return false;
            }
            if out.len() == length {
                return true;
            }
        }
    }

    /// One call of the library, which takes some of the last `left` bytes; all that it has made is appended.
    fn step(
        &mut self,
        operation: Operation,
        bytes: &[u8],
        left: &mut usize,
        out: &mut Vec<u8>,
    ) -> bool {
        let mut read = bytes.len() - *left;
        let done = self.state.compress_stream(
            operation,
            left,
            bytes,
            &mut read,
            &mut 0,
            &mut [],
            &mut 0,
            &mut None,
            &mut |_, _, _, _| (),
        );
        while self.state.has_more_output() {
            // Zero asks for all of it, and becomes its length: the slice is longer.
            let mut length = 0;
            let output = self.state.take_output(&mut length);
            out.extend_from_slice(output.get(..length).unwrap_or(output));
        }
        done
    }
}

fn state(quality: u32, window_bits: u32) -> State<StandardAlloc> {
    let mut state = State::new(StandardAlloc::default());
    for (parameter, value) in [
        (Parameter::BROTLI_PARAM_QUALITY, quality),
        (Parameter::BROTLI_PARAM_LGWIN, window_bits),
        // No references to what is before, no static dictionary, no head.
        (Parameter::BROTLI_PARAM_CATABLE, 1),
        (Parameter::BROTLI_PARAM_BARE_STREAM, 1),
    ] {
        state.set_parameter(parameter, value);
    }
    state
}

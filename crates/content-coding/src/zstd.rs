//! The encoder of zstd's library.

use zstd::zstd_safe::zstd_sys::ZSTD_EndDirective;
use zstd::zstd_safe::{CCtx, CParameter, InBuffer, OutBuffer, ResetDirective, Strategy};

/// What it is told (`make bench`). The search is the cheapest that finds the row of a table again in the event before:
/// that is worth more than half of a board, and the events that are encoded once are sent to many. Its tables are
/// small, as an event hardly needs more.
const PARAMETERS: [CParameter; 10] = [
    CParameter::CompressionLevel(3),
    CParameter::Strategy(Strategy::ZSTD_btlazy2),
    CParameter::SearchLog(2),
    CParameter::MinMatch(4),
    CParameter::HashLog(13),
    CParameter::ChainLog(14),
    // 2^17 bytes: several events of any usual size.
    CParameter::WindowLog(17),
    // Of the library's default of 2^17 bytes it would keep room for a block in four places.
    CParameter::MaxBlockSize(1 << 15),
    CParameter::ContentSizeFlag(false),
    CParameter::ChecksumFlag(false),
];

/// The encoder of one frame after the other.
pub(crate) struct Frames(CCtx<'static>);

impl Frames {
    /// An encoder; `None` if there is no memory for it.
    pub(crate) fn new() -> Option<Self> {
        let mut context = CCtx::try_create()?;
        for parameter in PARAMETERS {
            context.set_parameter(parameter).ok()?;
        }
        Some(Self(context))
    }

    /// Appends a block with these bytes to the frame; false if it failed, and nothing was appended.
    pub(crate) fn append(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        self.write(bytes, out, ZSTD_EndDirective::ZSTD_e_flush)
    }

    /// Appends a whole frame.
    pub(crate) fn whole(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        self.write(bytes, out, ZSTD_EndDirective::ZSTD_e_end)
    }

    fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>, end: ZSTD_EndDirective) -> bool {
        let before = out.len();
        let mut input = InBuffer::around(bytes);
        loop {
            out.reserve(zstd::zstd_safe::compress_bound(bytes.len() - input.pos()) + 64);
            let at = out.len();
            let mut output = OutBuffer::around_pos(out, at);
            match self.0.compress_stream2(&mut output, &mut input, end) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(_) => {
                    out.truncate(before);
                    return false;
                }
            }
        }
    }

    /// Forgets the frame: the next bytes begin another.
    pub(crate) fn restart(&mut self) {
        // It fails for no session.
        let _ = self.0.reset(ResetDirective::SessionOnly);
    }

    /// The memory that it takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.0.sizeof()
    }
}

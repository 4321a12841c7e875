//! The content coding of this response: promised or chosen, begun behind its head, ended with its last bytes.
//!
//! While the response has a wire, its encoder is there, under the wire lock. Otherwise it is here, with what was
//! echoed and waits for a flush.
//!
//! **Invariant**: what was encoded is never encoded again, and once the coding has begun, no byte goes out beside it.

use std::cell::{Cell, RefCell};

use content_coding::{Coding, Encoder};

use crate::sapi::sys::process::forks;
use crate::stream::NoCoding;

/// How far the coding of a response has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// There is none.
    Plain,
    /// The head that goes out says that there is one.
    Due(Coding),
    /// It has begun, and the encoder is here.
    Here(Coding),
    /// The encoder is on the wire.
    OnWire(Coding),
    /// The last bytes were written, or will be by somebody else.
    Ended,
}

/// An encoder, and the bytes that it is to encode at the next flush.
pub(crate) struct Encoding {
    pub(crate) encoder: Encoder,
    pub(crate) pending: Vec<u8>,
}

struct Here {
    encoding: Encoding,
    /// True once there was a byte of the body.
    has_body: bool,
    /// The process it belongs to, as its number of forks.
    forks: u32,
}

thread_local! {
    static STAGE: Cell<Stage> = const { Cell::new(Stage::Plain) };
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
    /// Encoded bytes on their way out.
    static OUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// The coding that `Sse::headers()` has put into the headers that it gave.
    static PROMISED: Cell<Option<Coding>> = const { Cell::new(None) };
    /// The choice for this response; `None` before there was one.
    static CHOICE: Cell<Option<Result<Coding, NoCoding>>> = const { Cell::new(None) };
}

/// The most memory that the buffer of encoded bytes keeps from write to write.
const KEPT: usize = 64 * 1024;

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    STAGE.set(Stage::Plain);
    HERE.take();
    PROMISED.set(None);
    CHOICE.set(None);
}

/// Returns how far the coding has come.
#[inline]
pub(crate) fn stage() -> Stage {
    STAGE.get()
}

/// True if the body is as it was written.
#[inline]
pub(crate) fn is_plain() -> bool {
    STAGE.get() == Stage::Plain
}

/// True once the body is encoded, also when it has ended.
#[inline]
pub(crate) fn has_begun() -> bool {
    !matches!(STAGE.get(), Stage::Plain | Stage::Due(_))
}

/// Notes the coding that `Sse::headers()` gives headers for.
pub(crate) fn promise(coding: Option<Coding>) {
    PROMISED.set(coding);
}

/// Returns that coding.
pub(crate) fn promised() -> Option<Coding> {
    PROMISED.get()
}

/// Notes what was chosen.
pub(crate) fn note_choice(choice: Result<Coding, NoCoding>) {
    CHOICE.set(Some(choice));
}

/// Returns what was chosen; `None` if there is no stream.
pub(crate) fn choice() -> Option<Result<Coding, NoCoding>> {
    CHOICE.get()
}

/// Notes that the head that goes out has this coding.
pub(crate) fn note_due(coding: Coding) {
    STAGE.set(Stage::Due(coding));
}

/// Begins what is due: the head is out.
pub(crate) fn begin() {
    if let Stage::Due(coding) = STAGE.get() {
        put(Encoding { encoder: Encoder::new(coding), pending: Vec::new() });
    }
}

/// Takes the encoder, for the wire.
pub(crate) fn take() -> Option<Encoding> {
    let here = HERE.take().filter(|here| here.forks == forks())?;
    STAGE.set(Stage::OnWire(here.encoding.encoder.coding()));
    Some(here.encoding)
}

/// Puts the encoder here.
pub(crate) fn put(encoding: Encoding) {
    STAGE.set(Stage::Here(encoding.encoder.coding()));
    HERE.replace(Some(Here { encoding, has_body: false, forks: forks() }));
}

/// True if these are the first bytes of the body, and an output handler of PHP's has made them, with a header of its
/// own that looks like ours: then the coding is its affair. No event stream begins so.
pub(crate) fn gives_way_to(bytes: &[u8]) -> bool {
    let is_theirs = with_own(|here| {
        let is_first = !std::mem::replace(&mut here.has_body, true);
        is_first && is_begin_of(here.encoding.encoder.coding(), bytes)
    });
    if is_theirs != Some(true) {
        return false;
    }
    STAGE.set(Stage::Plain);
    HERE.take();
    true
}

/// True if zlib's output in this coding begins so.
fn is_begin_of(coding: Coding, bytes: &[u8]) -> bool {
    match coding {
        Coding::Gzip => bytes.starts_with(b"\x1f\x8b"),
        Coding::Deflate => matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]),
        Coding::Zstd | Coding::Brotli => false,
    }
}

/// Notes that no byte is to be written any more.
pub(crate) fn note_end() {
    STAGE.set(Stage::Ended);
    HERE.take();
}

/// Keeps bytes until they are encoded; returns how many wait.
pub(crate) fn keep(bytes: &[u8]) -> usize {
    with_own(|here| {
        here.encoding.pending.extend_from_slice(bytes);
        here.encoding.pending.len()
    })
    .unwrap_or(0)
}

/// Encodes what waits; with `is_last`, the last bytes of the response follow. Returns where the encoded bytes stand,
/// and their number: until the next call. A write that does not return leaves no owner behind.
pub(crate) fn encode(is_last: bool) -> (*const u8, usize) {
    OUT.with_borrow_mut(|out| {
        out.clear();
        out.shrink_to(KEPT);
        with_own(|Here { encoding: Encoding { encoder, pending }, .. }| {
            encoder.append(pending, out);
            pending.clear();
            pending.shrink_to(KEPT);
        });
        if let Some(encoding) = is_last.then(take).flatten() {
            encoding.encoder.finish(out);
        }
        (out.as_ptr(), out.len())
    })
}

/// Looks at the encoder, unless it belongs to the parent of this process.
fn with_own<R>(look: impl FnOnce(&mut Here) -> R) -> Option<R> {
    HERE.with_borrow_mut(|here| here.as_mut().filter(|here| here.forks == forks()).map(look))
}

//! Bounds the memory of the encoders of all shards.
//!
//! The invariant: encoders take no more than the limit, each counted with the most that one of its coding takes; a grant
//! that is dropped gives its memory back.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

use content_coding::{Coding, SegmentEncoder};

/// The memory of the encoders of all shards.
#[derive(Debug)]
pub(crate) struct EncoderMemory {
    /// In bytes.
    limit: usize,
    used: AtomicUsize,
    encoders: AtomicUsize,
}

/// The permission for one encoder, as long as it lives.
#[derive(Debug)]
pub(crate) struct Grant {
    memory: Arc<EncoderMemory>,
    bytes: usize,
}

impl EncoderMemory {
    /// So many bytes, for all encoders together.
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        let [used, encoders] = [0; 2].map(AtomicUsize::new);
        Arc::new(Self { limit, used, encoders })
    }

    /// Takes the memory of one encoder, if there is enough.
    pub(crate) fn grant(self: &Arc<Self>, coding: Coding) -> Option<Grant> {
        // Nothing is measured where there are never encoders.
        let bytes = if self.limit == 0 { return None } else { cost(coding) };
        let more = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.limit);
        self.used.fetch_update(Relaxed, Relaxed, more).ok()?;
        self.encoders.fetch_add(1, Relaxed);
        Some(Grant { memory: Arc::clone(self), bytes })
    }

    /// The number of bytes that an encoder needs and that are taken; `None` if they would not be enough.
    pub(crate) fn missing(&self, coding: Coding) -> Option<usize> {
        let bytes = cost(coding);
        let missing = (self.used() + bytes).saturating_sub(self.limit);
        (bytes <= self.limit).then_some(missing)
    }

    /// The number of encoders.
    pub(crate) fn encoders(&self) -> usize {
        self.encoders.load(Relaxed)
    }

    /// The memory that they take, in bytes.
    pub(crate) fn used(&self) -> usize {
        self.used.load(Relaxed)
    }
}

impl Grant {
    /// The memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.bytes, Relaxed);
        self.memory.encoders.fetch_sub(1, Relaxed);
    }
}

/// The memory that an encoder of this coding takes once it has encoded something; measured once.
fn cost(coding: Coding) -> usize {
    static COSTS: [OnceLock<usize>; Coding::ALL.len()] = [const { OnceLock::new() }; 4];
    let measure = || {
        let mut encoder = SegmentEncoder::new(coding);
        encoder.append(b"data: x\n\n", &mut Vec::new());
        encoder.memory()
    };
    COSTS.get(coding.index()).map_or_else(measure, |cost| *cost.get_or_init(measure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_granted_up_to_the_limit_and_comes_back() {
        let each = cost(Coding::Gzip);
        let memory = EncoderMemory::new(3 * each);
        let mut grants: Vec<_> = (0..3).map(|_| memory.grant(Coding::Gzip).unwrap()).collect();
        assert!(memory.grant(Coding::Gzip).is_none());
        assert_eq!((memory.encoders(), memory.used()), (3, 3 * each));
        drop(grants.pop());
        assert_eq!((memory.encoders(), memory.used()), (2, 2 * each));
        grants.extend(memory.grant(Coding::Gzip));
        assert_eq!(grants.len(), 3);
        drop(grants);
        assert_eq!((memory.encoders(), memory.used()), (0, 0));
        assert!(EncoderMemory::new(0).grant(Coding::Gzip).is_none());
    }

    #[test]
    fn an_encoder_never_takes_more_than_is_counted() {
        for coding in Coding::ALL {
            let mut encoder = SegmentEncoder::new(coding);
            let noise: Vec<u8> =
                (0..1_000_000u32).map(|n| n.wrapping_mul(n).to_le_bytes()[1]).collect();
            for bytes in [&b"x"[..], &noise, b":\n"] {
                encoder.append(bytes, &mut Vec::new());
                assert!(encoder.memory() <= cost(coding), "{coding:?}: {}", encoder.memory());
            }
        }
    }
}

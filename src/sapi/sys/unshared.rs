//! Notes descriptors that a fork must not share, and has it get `/dev/null` in their place.
//!
//! A connection ends when its last copy is closed: it would go on in a child that knows nothing of it, for as long as
//! that lives. A child gets `/dev/null` in their place. It only notes numbers, as a child of any process may do hardly
//! more than system calls; the values that own them are dropped there, or not, as ever.

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicI32, Ordering};

/// More than a process has of them: a wire, a lease and a subscription for each thread, and the keeper.
const MANY: usize = 256;

/// The numbers of these descriptors; -1 is none.
static NOTED: [AtomicI32; MANY] = [const { AtomicI32::new(-1) }; MANY];

/// A descriptor that forks do not share, as long as this lives. Declared before what owns it, so that it ends
/// before.
#[derive(Debug)]
pub(crate) struct Unshared {
    slot: Option<&'static AtomicI32>,
    descriptor: RawFd,
}

impl Unshared {
    /// Notes a descriptor. Where there are too many, forks share it.
    pub(crate) fn new(descriptor: RawFd) -> Self {
        let order = (Ordering::AcqRel, Ordering::Relaxed);
        let take =
            |slot: &&AtomicI32| slot.compare_exchange(-1, descriptor, order.0, order.1).is_ok();
        Self { slot: NOTED.iter().find(take), descriptor }
    }
}

impl Drop for Unshared {
    fn drop(&mut self) {
        // In a child it is not there any more.
        if let Some(slot) = self.slot {
            let order = (Ordering::AcqRel, Ordering::Relaxed);
            let _ = slot.compare_exchange(self.descriptor, -1, order.0, order.1);
        }
    }
}

/// Takes all of them, in a child.
pub(crate) fn take() -> impl Iterator<Item = RawFd> {
    NOTED.iter().map(|slot| slot.swap(-1, Ordering::Relaxed)).filter(|descriptor| *descriptor >= 0)
}

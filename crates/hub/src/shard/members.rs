//! A list of keys, of which some may name nobody any more.
//!
//! The invariant: at least half of them name somebody, or nothing was forgotten since.

/// The keys of those who belong to something. Those who have left are removed when they are more than half.
#[derive(Debug)]
pub(super) struct Members<K> {
    keys: Vec<K>,
    left: usize,
}

impl<K> Default for Members<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), left: 0 }
    }
}

impl<K: Copy> Members<K> {
    pub(super) fn add(&mut self, key: K) {
        self.keys.push(key);
    }

    /// Notes that one has left; `is_there` says who is left.
    pub(super) fn note_left(&mut self, is_there: impl Fn(K) -> bool) {
        self.left += 1;
        if self.left * 2 > self.keys.len() {
            self.keys.retain(|key| is_there(*key));
            self.keys.shrink_to(self.keys.len() * 2);
            self.left = 0;
        }
    }

    /// The keys, and some that name nobody.
    pub(super) fn keys(&self) -> &[K] {
        &self.keys
    }

    /// The number of those who are there.
    pub(super) fn len(&self) -> usize {
        self.keys.len() - self.left
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

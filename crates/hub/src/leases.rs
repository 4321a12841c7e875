//! Counts streams under limits (a user's, an address's, everybody's) with leases.
//!
//! A lease counts under each of its limits' keys until it is dropped. It lives with a connection, so none outlives
//! its worker or its client.
//!
//! The invariant: never more leases count under a key than its limit allows. If the oldest makes room, it no longer
//! counts; its client gets `sse:dropped`, and its stream ends.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hub_protocol::Limit;
use parking_lot::Mutex;

/// The leases that count, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leases(Arc<Mutex<Table>>);

/// The right to one stream under each of some limits.
#[derive(Debug)]
pub(crate) struct Lease {
    leases: Leases,
    number: u64,
    keys: Vec<Key>,
}

/// A lease that was acquired.
#[derive(Debug)]
pub(crate) struct Acquired {
    pub(crate) lease: Lease,
    /// The numbers of the leases that have made room for it.
    pub(crate) dropped: BTreeSet<u64>,
}

type Key = Arc<[u8]>;

#[derive(Debug, Default)]
struct Table {
    /// The leases that count under a key, by number: the oldest comes first.
    by_key: HashMap<Key, BTreeSet<u64>>,
    /// The number of the next lease.
    next: u64,
}

impl Leases {
    /// Acquires a lease that counts under each limit, or none. The oldest leases make room if their limit says so.
    ///
    /// # Errors
    ///
    /// The limit that is reached.
    pub(crate) fn acquire(&self, limits: Vec<Limit>) -> Result<Acquired, Limit> {
        let mut table = self.0.lock();
        let dropped = table.oldest(&limits);
        if let Some(full) = limits.iter().find(|limit| !table.has_room(limit, &dropped)) {
            return Err(full.clone());
        }
        let number = table.next;
        table.next += 1;
        let mut keys = Vec::with_capacity(limits.len());
        for Limit { key, .. } in limits {
            for number in &dropped {
                table.remove(&key, *number);
            }
            keys.push(table.add(&key, number));
        }
        Ok(Acquired { lease: Lease { leases: self.clone(), number, keys }, dropped })
    }

    /// Restores a lease from before an upgrade, under its number, whatever the limits say. One that was dropped
    /// (`held` is false) counts nowhere: its stream has yet to end.
    pub(crate) fn restore(&self, number: u64, keys: &[impl AsRef<[u8]>], held: bool) -> Lease {
        let mut table = self.0.lock();
        table.next = table.next.max(number.saturating_add(1));
        let add = |key: &[u8]| if held { table.add(key, number) } else { key.into() };
        let keys = keys.iter().map(AsRef::as_ref).map(add).collect();
        Lease { leases: self.clone(), number, keys }
    }

    /// The number of keys under which leases count.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().by_key.len()
    }
}

impl Table {
    /// Returns the leases that would have to make room.
    fn oldest(&self, limits: &[Limit]) -> BTreeSet<u64> {
        let mut oldest = BTreeSet::new();
        for limit in limits.iter().filter(|limit| limit.drops_oldest) {
            let Some(numbers) = self.by_key.get(limit.key.as_slice()) else { continue };
            let excess = (numbers.len() + 1).saturating_sub(max(limit));
            oldest.extend(numbers.iter().take(excess));
        }
        oldest
    }

    /// True if a limit allows one more lease once these have made room.
    fn has_room(&self, limit: &Limit, dropped: &BTreeSet<u64>) -> bool {
        let staying = self.by_key.get(limit.key.as_slice()).map_or(0, |numbers| {
            numbers.len() - dropped.iter().filter(|number| numbers.contains(number)).count()
        });
        staying < max(limit)
    }

    fn add(&mut self, key: &[u8], number: u64) -> Key {
        let key = match self.by_key.get_key_value(key) {
            Some((key, _)) => Arc::clone(key),
            None => key.into(),
        };
        self.by_key.entry(Arc::clone(&key)).or_default().insert(number);
        key
    }

    fn remove(&mut self, key: &[u8], number: u64) {
        if let Some(numbers) = self.by_key.get_mut(key)
            && numbers.remove(&number)
            && numbers.is_empty()
        {
            self.by_key.remove(key);
        }
    }

    fn has(&self, key: &[u8], number: u64) -> bool {
        self.by_key.get(key).is_some_and(|numbers| numbers.contains(&number))
    }
}

fn max(limit: &Limit) -> usize {
    usize::try_from(limit.max).unwrap_or(usize::MAX)
}

impl Lease {
    /// Its number: older ones have lower ones.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The keys under which it was acquired.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(|key| &**key)
    }

    /// True once it was dropped for another one.
    pub(crate) fn was_dropped(&self) -> bool {
        let table = self.leases.0.lock();
        !self.keys.iter().all(|key| table.has(key, self.number))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut table = self.leases.0.lock();
        for key in &self.keys {
            table.remove(key, self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(key: &str, max: u32) -> Limit {
        Limit { key: key.into(), max, drops_oldest: false }
    }

    fn dropping(key: &str, max: u32) -> Limit {
        Limit { drops_oldest: true, ..limit(key, max) }
    }

    #[test]
    fn a_limit_has_room_again_when_a_lease_is_dropped() {
        let leases = Leases::default();
        let first = leases.acquire(vec![limit("ann", 2)]).unwrap();
        let second = leases.acquire(vec![limit("ann", 2)]).unwrap();
        assert_eq!(leases.acquire(vec![limit("ann", 2)]).unwrap_err(), limit("ann", 2));
        assert!(leases.acquire(vec![limit("bob", 2)]).is_ok());
        drop(first);
        assert!(leases.acquire(vec![limit("ann", 2)]).is_ok());
        drop(second);
        assert_eq!(leases.len(), 0, "nobody is remembered for ever");
    }

    #[test]
    fn each_lease_has_a_number_of_its_own_whatever_its_limits() {
        let leases = Leases::default();
        let without = leases.acquire(Vec::new()).unwrap().lease;
        let first = leases.acquire(vec![limit("ann", 1)]).unwrap().lease;
        assert_ne!(without.number(), first.number());
        let after = Leases::default();
        let left = after.restore(first.number(), &[b"ann"], false);
        let next = after.acquire(vec![limit("ann", 1)]).unwrap().lease;
        assert!(next.number() > left.number() && left.was_dropped());
    }

    #[test]
    fn who_is_over_one_limit_counts_under_no_other() {
        let leases = Leases::default();
        assert_eq!(
            leases.acquire(vec![limit("", 5), limit("ann", 0)]).unwrap_err(),
            limit("ann", 0)
        );
        assert_eq!(leases.len(), 0);
    }

    #[test]
    fn the_oldest_makes_room_and_its_end_ends_no_lease_of_anothers() {
        let leases = Leases::default();
        let [first, second, third] =
            [(); 3].map(|()| leases.acquire(vec![dropping("ann", 2), limit("", 2)]).unwrap());
        assert_eq!(third.dropped, BTreeSet::from([first.lease.number()]));
        assert!(first.lease.was_dropped() && !second.lease.was_dropped());
        drop(first);
        assert_eq!(leases.acquire(vec![limit("ann", 2)]).unwrap_err(), limit("ann", 2));
        drop((second, third));
        assert_eq!(leases.len(), 0);
    }

    #[test]
    fn nobody_makes_room_for_who_finds_none_elsewhere() {
        let leases = Leases::default();
        let _others = leases.acquire(vec![limit("", 2)]).unwrap();
        let oldest = leases.acquire(vec![dropping("ann", 1), limit("", 2)]).unwrap();
        let refused = leases.acquire(vec![dropping("ann", 1), limit("", 1)]).unwrap_err();
        assert_eq!(refused, limit("", 1));
        assert!(!oldest.lease.was_dropped());
        assert_eq!(leases.acquire(vec![dropping("bob", 0)]).unwrap_err(), dropping("bob", 0));
    }

    #[test]
    fn a_limit_that_has_become_less_is_kept_to() {
        let leases = Leases::default();
        let streams = [(); 3].map(|()| leases.acquire(vec![dropping("ann", 3)]).unwrap().lease);
        let newest = leases.acquire(vec![dropping("ann", 1)]).unwrap();
        assert_eq!(newest.dropped, streams.iter().map(Lease::number).collect());
    }

    #[test]
    fn a_lease_that_was_restored_is_as_old_as_it_was() {
        let (before, after) = (Leases::default(), Leases::default());
        let streams = [(); 2].map(|()| before.acquire(vec![limit("ann", 2)]).unwrap().lease);
        for lease in streams.iter().rev() {
            let keys: Vec<_> = lease.keys().collect();
            std::mem::forget(after.restore(lease.number(), &keys, true));
        }
        let newest = after.acquire(vec![dropping("ann", 2)]).unwrap();
        assert_eq!(newest.dropped, BTreeSet::from([streams[0].number()]));
        assert!(newest.lease.number() > streams[1].number());
    }
}

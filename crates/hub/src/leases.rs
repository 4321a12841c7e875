//! Places under limits: a user's, an address's, everybody's. A place is free again when its lease is
//! dropped, and leases live with connections, so that none outlives its worker or its client.
//!
//! The invariant: never more places are taken under a key than its limit allows, and each lease has at most
//! one. Where the oldest makes room, its place is the other's at once; what had it is told, and ends.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use hub_protocol::Limit;
use parking_lot::Mutex;

/// The places that are taken, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leases(Arc<Mutex<Places>>);

/// A place under each of some limits.
#[derive(Debug)]
pub(crate) struct Lease {
    leases: Leases,
    number: u64,
    keys: Vec<Key>,
}

/// A lease that was taken.
#[derive(Debug)]
pub(crate) struct Acquired {
    pub(crate) lease: Lease,
    /// Those that have made room for it.
    pub(crate) dropped: BTreeSet<u64>,
}

type Key = Arc<[u8]>;

#[derive(Debug, Default)]
struct Places {
    /// The leases that have a place under a key, by number: the oldest comes first.
    taken: HashMap<Key, BTreeSet<u64>>,
    next: u64,
}

impl Leases {
    /// Takes a place under each limit, or under none. The oldest make room where their limit says so.
    ///
    /// # Errors
    ///
    /// The limit that is reached.
    pub(crate) fn acquire(&self, limits: Vec<Limit>) -> Result<Acquired, Limit> {
        let mut places = self.0.lock();
        let dropped = places.oldest(&limits);
        if let Some(full) = limits.iter().find(|limit| !places.has_room(limit, &dropped)) {
            return Err(full.clone());
        }
        let number = places.next;
        places.next += 1;
        let mut keys = Vec::with_capacity(limits.len());
        for Limit { key, .. } in limits {
            for number in &dropped {
                places.leave(&key, *number);
            }
            keys.push(places.enter(&key, number));
        }
        Ok(Acquired { lease: Lease { leases: self.clone(), number, keys }, dropped })
    }

    /// Takes places without asking, for who had them before an upgrade, under its number; none for who has
    /// made room, and has yet to end.
    pub(crate) fn restore(&self, number: u64, keys: &[impl AsRef<[u8]>], held: bool) -> Lease {
        let mut places = self.0.lock();
        places.next = places.next.max(number.saturating_add(1));
        let enter = |key: &[u8]| if held { places.enter(key, number) } else { key.into() };
        let keys = keys.iter().map(AsRef::as_ref).map(enter).collect();
        Lease { leases: self.clone(), number, keys }
    }

    /// How many keys have a place taken.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().taken.len()
    }
}

impl Places {
    /// The leases that would have to make room.
    fn oldest(&self, limits: &[Limit]) -> BTreeSet<u64> {
        let mut oldest = BTreeSet::new();
        for limit in limits.iter().filter(|limit| limit.drops_oldest) {
            let Some(taken) = self.taken.get(limit.key.as_slice()) else { continue };
            let excess = (taken.len() + 1).saturating_sub(max(limit));
            oldest.extend(taken.iter().take(excess));
        }
        oldest
    }

    /// Whether there is a place under a limit once these have left.
    fn has_room(&self, limit: &Limit, leaving: &BTreeSet<u64>) -> bool {
        let staying = self.taken.get(limit.key.as_slice()).map_or(0, |taken| {
            taken.len() - leaving.iter().filter(|number| taken.contains(number)).count()
        });
        staying < max(limit)
    }

    fn enter(&mut self, key: &[u8], number: u64) -> Key {
        let key = match self.taken.get_key_value(key) {
            Some((key, _)) => Arc::clone(key),
            None => key.into(),
        };
        self.taken.entry(Arc::clone(&key)).or_default().insert(number);
        key
    }

    fn leave(&mut self, key: &[u8], number: u64) {
        if let Some(taken) = self.taken.get_mut(key)
            && taken.remove(&number)
            && taken.is_empty()
        {
            self.taken.remove(key);
        }
    }

    fn has(&self, key: &[u8], number: u64) -> bool {
        self.taken.get(key).is_some_and(|taken| taken.contains(&number))
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

    /// The keys that it was taken under.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(|key| &**key)
    }

    /// Whether it has made room for another one.
    pub(crate) fn was_dropped(&self) -> bool {
        let places = self.leases.0.lock();
        !self.keys.iter().all(|key| places.has(key, self.number))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut places = self.leases.0.lock();
        for key in &self.keys {
            places.leave(key, self.number);
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
    fn a_place_is_free_again_when_its_lease_is_dropped() {
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
    fn who_is_over_one_limit_takes_no_place_under_another() {
        let leases = Leases::default();
        assert_eq!(
            leases.acquire(vec![limit("", 5), limit("ann", 0)]).unwrap_err(),
            limit("ann", 0)
        );
        assert_eq!(leases.len(), 0);
    }

    #[test]
    fn the_oldest_makes_room_and_its_end_frees_no_place_of_anothers() {
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

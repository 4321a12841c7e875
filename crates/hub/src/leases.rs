//! Places under limits: a user's, an address's, everybody's. A place is free again when its lease is
//! dropped, and leases live with connections, so that none outlives its worker or its client.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use hub_protocol::Limit;
use parking_lot::Mutex;

/// How many places are taken, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leases(Arc<Mutex<HashMap<Arc<str>, u32>>>);

/// A place under each of some limits.
#[derive(Debug)]
pub(crate) struct Lease {
    leases: Leases,
    keys: Vec<Arc<str>>,
}

impl Leases {
    /// Takes a place under each limit, or under none.
    ///
    /// # Errors
    ///
    /// The limit that is reached.
    pub(crate) fn take(&self, limits: Vec<Limit>) -> Result<Lease, Limit> {
        let mut lease = Lease { leases: self.clone(), keys: Vec::with_capacity(limits.len()) };
        for limit in limits {
            if !self.take_one(&limit, &mut lease.keys) {
                return Err(limit);
            }
        }
        Ok(lease)
    }

    fn take_one(&self, limit: &Limit, keys: &mut Vec<Arc<str>>) -> bool {
        let mut taken = self.0.lock();
        let key: Arc<str> = limit.key.as_str().into();
        let count = taken.entry(Arc::clone(&key)).or_default();
        let free = *count < limit.max;
        if free {
            *count += 1;
            keys.push(key);
        } else if *count == 0 {
            taken.remove(&key);
        }
        free
    }

    /// Takes places without asking, for who had them before an upgrade.
    pub(crate) fn restore(&self, keys: Vec<String>) -> Lease {
        let mut lease = Lease { leases: self.clone(), keys: Vec::with_capacity(keys.len()) };
        for key in keys {
            self.take_one(&Limit { key, max: u32::MAX }, &mut lease.keys);
        }
        lease
    }

    /// How many keys have a place taken.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }
}

impl Lease {
    /// The keys under which there is a place.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut taken = self.leases.0.lock();
        for key in self.keys.drain(..) {
            if let Entry::Occupied(mut count) = taken.entry(key) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(key: &str, max: u32) -> Limit {
        Limit { key: key.to_owned(), max }
    }

    #[test]
    fn a_place_is_free_again_when_its_lease_is_dropped() {
        let leases = Leases::default();
        let first = leases.take(vec![limit("ann", 2)]).unwrap();
        let second = leases.take(vec![limit("ann", 2)]).unwrap();
        assert_eq!(leases.take(vec![limit("ann", 2)]).unwrap_err(), limit("ann", 2));
        assert!(leases.take(vec![limit("bob", 2)]).is_ok());
        drop(first);
        assert!(leases.take(vec![limit("ann", 2)]).is_ok());
        drop(second);
        assert_eq!(leases.len(), 0, "nobody is remembered for ever");
    }

    #[test]
    fn who_is_over_one_limit_takes_no_place_under_another() {
        let leases = Leases::default();
        assert_eq!(leases.take(vec![limit("", 5), limit("ann", 0)]).unwrap_err(), limit("ann", 0));
        assert_eq!(leases.len(), 0);
    }
}

//! A stream's lease under its limits: renews a lost one, ends the stream if it was taken.

use std::os::fd::RawFd;
use std::time::Duration;

use crate::hub::Dropped;
use event_stream::{Event, EventId, EventType};

use super::object::Sse;
use crate::hub::{self, Lease, Standing};
use crate::php::fault::Fault;
use crate::php::hub_settings::settings;
use crate::stream::StopReason;

impl Sse {
    /// Takes a new lease if the hub that gave it is gone: a new hub has counted nobody. A stream that is over the
    /// limit by then goes on all the same.
    pub(super) fn renew_lease(&self) {
        if self.limits.is_empty() || self.standing() != Standing::Gone {
            return;
        }
        let answer = hub::lease(&settings(), self.limits.clone());
        self.lease_is_lost.set(answer.is_err());
        self.lease.set(answer.ok().and_then(Result::ok));
    }

    /// Renews the lease if another hub serves the stream by now: after a hub was killed, the end of the subscription
    /// may be seen before that of the lease. [`Sse::pause_watching`] has looked at it.
    pub(super) fn renew_lost_lease(&self) {
        if self.lease_is_lost.get() {
            self.renew_lease();
        }
    }

    /// Returns the state of its lease; a stream without one has lost it with its hub.
    fn standing(&self) -> Standing {
        let lease = self.lease.take();
        let (lease, standing) = match lease.map(|mut lease| (lease.look(), lease)) {
            Some((standing @ Standing::Gone, _)) => {
                self.lease_is_lost.set(true);
                (None, standing)
            }
            Some((standing, lease)) => (Some(lease), standing),
            None => (None, Standing::Gone),
        };
        self.lease.set(lease);
        standing
    }

    /// Ends the stream if a younger one has taken its lease.
    pub(super) fn make_room(&self) -> Result<(), Fault> {
        if self.may_be_dropped() { self.make_room_if_dropped() } else { Ok(()) }
    }

    fn make_room_if_dropped(&self) -> Result<(), Fault> {
        let is_dropped = self.reason().is_none() && self.standing() == Standing::Dropped;
        if is_dropped { self.send_dropped() } else { Ok(()) }
    }

    fn may_be_dropped(&self) -> bool {
        self.limits.iter().any(|limit| limit.drops_oldest)
    }

    /// Sends the client `sse:dropped`, and ends the stream.
    pub(super) fn send_dropped(&self) -> Result<(), Fault> {
        let begun = || self.stream.begun_with()?.parse().ok();
        let data = Dropped { position: self.position.get().or_else(begun) }.data();
        let name = Dropped::NAME.as_bytes();
        self.stream.send_last(&Event {
            id: EventId::new(name).ok(),
            event: EventType::new(name).ok(),
            data: Some(data.as_bytes()),
            ..Event::default()
        })?;
        self.stream.stop(StopReason::Closed);
        self.end()
    }

    /// Waits, but no longer than until one of these descriptors is readable, or the lease has changed.
    pub(super) fn pause_watching(
        &self,
        length: Duration,
        mut descriptors: Vec<RawFd>,
    ) -> Result<bool, Fault> {
        let watches_lease = self.may_be_dropped() || self.follows.get();
        if watches_lease {
            let lease = self.lease.take();
            descriptors.extend(lease.as_ref().map(Lease::descriptor));
            self.lease.set(lease);
        }
        let connection = self.stream.connection();
        connection.watch_sources(descriptors);
        let open = self.wait_once(length);
        connection.watch_sources(Vec::new());
        let open = open?;
        if watches_lease {
            self.make_room_if_dropped()?;
        }
        Ok(open && self.reason().is_none())
    }
}

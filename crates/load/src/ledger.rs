//! The account of one client: which events it has received, lost, or received twice.
//!
//! It outlives the connection: a client that reconnects with a last event ID continues it. **Invariant**: each
//! sequence number that was published for this client is counted once, as received in order, lost, or late; one that
//! comes again is repeated.

use std::ops::Range;

/// A client's account of the events of one sequence.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    /// The number that has to come next.
    next: u64,
    /// The client has no position in the sequence yet, or got a `reset`: the next number may be any up to this one,
    /// which was the next to be published at that moment.
    joining: Option<u64>,
    /// The numbers that were skipped, until they come late.
    missing: Vec<Range<u64>>,
    last_id: Option<(u64, u64)>,
}

/// The meaning of an event's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    InOrder,
    /// These should have come before it, and have not.
    After(Range<u64>),
    /// It is one of those that should have come before.
    Late,
    Repeated,
}

impl Ledger {
    /// The account of a client that comes when `published` events have been published: it need not get those.
    pub(crate) fn new(published: u64) -> Self {
        Self { next: 0, joining: Some(published), missing: Vec::new(), last_id: None }
    }

    /// Notes a `reset` that the client got when `published` events had been published: it need not get those. It must
    /// not get again what it has had.
    pub(crate) fn reset(&mut self, published: u64) {
        self.joining = Some(published);
    }

    pub(crate) fn take(&mut self, sequence: u64) -> Verdict {
        if sequence < self.next {
            return if self.find(sequence) { Verdict::Late } else { Verdict::Repeated };
        }
        let expected = match self.joining.take() {
            Some(published) => published.clamp(self.next, sequence),
            None => self.next,
        };
        self.next = sequence + 1;
        if expected == sequence {
            return Verdict::InOrder;
        }
        self.missing.push(expected..sequence);
        Verdict::After(expected..sequence)
    }

    /// True if an id is there and greater than the one before.
    pub(crate) fn take_id(&mut self, id: Option<&str>) -> bool {
        let id = id.and_then(read_id);
        let greater = id > self.last_id;
        self.last_id = id.or(self.last_id);
        greater
    }

    /// True if an id is there and not smaller than the one before: a position may be sent twice, but no event may
    /// come after a later position.
    pub(crate) fn take_position(&mut self, id: Option<&str>) -> bool {
        let id = id.and_then(read_id);
        let in_order = id.is_some() && id >= self.last_id;
        self.last_id = id.or(self.last_id);
        in_order
    }

    /// The number that it waits for.
    pub(crate) fn next(&self) -> u64 {
        self.next.max(self.joining.unwrap_or(0))
    }

    /// Removes a number from those that are missing.
    fn find(&mut self, sequence: u64) -> bool {
        let holds = |range: &Range<u64>| range.contains(&sequence);
        let Some(at) = self.missing.iter().position(holds) else { return false };
        let range = self.missing.swap_remove(at);
        let rest = [range.start..sequence, sequence + 1..range.end];
        self.missing.extend(rest.into_iter().filter(|range| !range.is_empty()));
        true
    }
}

/// `milliseconds-sequence`, nchan's `seconds:sequence`, or a plain number.
fn read_id(id: &str) -> Option<(u64, u64)> {
    match id.split_once(['-', ':']) {
        Some((time, sequence)) => Some((time.parse().ok()?, sequence.parse().ok()?)),
        None => Some((id.parse().ok()?, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(ledger: &mut Ledger, sequences: &[u64]) -> Vec<Verdict> {
        sequences.iter().map(|sequence| ledger.take(*sequence)).collect()
    }

    #[test]
    fn a_complete_sequence_is_in_order() {
        let mut ledger = Ledger::new(0);
        assert_eq!(verdicts(&mut ledger, &[0, 1, 2]), [const { Verdict::InOrder }; 3]);
        assert_eq!(ledger.next(), 3);
    }

    #[test]
    fn a_loss_is_counted() {
        let mut ledger = Ledger::new(0);
        assert_eq!(verdicts(&mut ledger, &[0, 3]), [Verdict::InOrder, Verdict::After(1..3)]);
    }

    #[test]
    fn a_loss_at_the_beginning_is_counted_from_where_the_client_came() {
        assert_eq!(Ledger::new(4).take(6), Verdict::After(4..6));
        assert_eq!(Ledger::new(4).take(4), Verdict::InOrder);
        assert_eq!(Ledger::new(4).take(2), Verdict::InOrder, "published while it connected");
    }

    #[test]
    fn a_repetition_is_told_from_what_comes_late() {
        let mut ledger = Ledger::new(0);
        let found = verdicts(&mut ledger, &[0, 0, 4, 2, 2, 1, 3, 3]);
        let expected = [
            Verdict::InOrder,
            Verdict::Repeated,
            Verdict::After(1..4),
            Verdict::Late,
            Verdict::Repeated,
            Verdict::Late,
            Verdict::Late,
            Verdict::Repeated,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_reset_excuses_what_was_published_before_it_and_no_repetition() {
        let mut ledger = Ledger::new(0);
        ledger.take(0);
        ledger.take(1);
        ledger.reset(5);
        assert_eq!(ledger.next(), 5);
        assert_eq!(verdicts(&mut ledger, &[1, 7]), [Verdict::Repeated, Verdict::After(5..7)]);
    }

    #[test]
    fn a_position_may_repeat_an_id_and_no_event_may_come_before_it() {
        let mut ledger = Ledger::new(0);
        assert!(ledger.take_id(Some("5-1")));
        assert!(ledger.take_position(Some("5-1")) && ledger.take_position(Some("5-7")));
        assert!(!ledger.take_id(Some("5-6")), "the client believes that it has had that");
        assert!(!ledger.take_position(Some("5-5")) && !ledger.take_position(None));
    }

    #[test]
    fn ids_have_to_grow() {
        let mut ledger = Ledger::new(0);
        let ids =
            [Some("5-9"), Some("5-10"), Some("5-10"), Some("5-2"), None, Some("6:0"), Some("7")];
        let found = ids.map(|id| ledger.take_id(id));
        assert_eq!(found, [true, true, false, false, false, true, true]);
    }
}

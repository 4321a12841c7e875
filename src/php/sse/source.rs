//! `Sse::stream()`: polls a callable or walks an iterable, and sends each value.

use std::time::Duration;

use ext_php_rs::convert::IntoZvalDyn;
use ext_php_rs::types::{ZendCallable, Zval};

use super::object::Sse;
use crate::php::arguments::Argument;
use crate::php::fault::Fault;
use crate::php::payload::{Data, Fields, Payload, SERVER_EVENT};
use crate::stream::StopReason;
use crate::zend::engine::{Caught, Owned, guarded};
use crate::zend::value::{is_a, takes_argument, walk};

/// A source of events.
pub(super) struct Source<'a> {
    pub(super) value: &'a Zval,
    /// The `Sse` object, the argument of callables.
    pub(super) object: &'a Zval,
    /// The time between two calls of a callable.
    pub(super) interval: Duration,
    /// The event type of values without one of their own.
    pub(super) event: Option<&'a [u8]>,
    /// True if a value that makes the same event as the last one is not sent.
    pub(super) changes: bool,
}

const AT: Argument = Argument("Sse::stream", 1, "source");

impl Source<'_> {
    /// Sends all of it, and closes the stream. Returns true if the source ended by itself.
    pub(super) fn run(&self, sse: &Sse) -> Result<bool, Fault> {
        let result =
            if self.value.is_callable() { self.poll(sse) } else { self.walk(sse, self.value) };
        if let Err(Fault::Bailout(interrupted)) = result {
            // The engine is bailing out: the stream is closed when the request ends.
            return Err(Fault::Bailout(interrupted));
        }
        // An exception of the source is thrown after the callbacks ran, with theirs as later ones.
        let caught = Caught::take();
        let ended_by_itself = matches!(sse.reason(), None | Some(StopReason::Closed));
        let closed = sse.end();
        if let Some(caught) = caught {
            let all = match Caught::take() {
                Some(later) => caught.followed_by(later),
                None => caught,
            };
            all.rethrow();
        }
        result.and(closed)?;
        Fault::if_pending()?;
        Ok(ended_by_itself)
    }

    fn poll(&self, sse: &Sse) -> Result<(), Fault> {
        let arguments: Vec<&dyn IntoZvalDyn> =
            if takes_argument(self.value) { vec![self.object] } else { vec![] };
        while sse.is_running() {
            let arguments = arguments.clone();
            let call = || ZendCallable::new(self.value).ok()?.try_call(arguments).ok();
            let value = guarded(|| call().map(Owned::from))?;
            Fault::if_pending()?;
            let value = value.unwrap_or_default();
            if is_walkable(&value) {
                return self.walk(sse, &value);
            }
            self.emit(sse, &value)?;
            value.release()?;
            if !sse.pause_throughout(self.interval)? {
                break;
            }
        }
        Ok(())
    }

    fn walk(&self, sse: &Sse, values: &Zval) -> Result<(), Fault> {
        walk(values, |value| {
            self.emit(sse, &value)?;
            Ok::<_, Fault>(sse.is_running())
        })?;
        Fault::if_pending()
    }

    fn emit(&self, sse: &Sse, value: &Zval) -> Result<(), Fault> {
        if value.is_null() || value.is_false() || !sse.is_running() {
            return Ok(());
        }
        let mut payload = Payload::new(value, AT)?;
        if payload.data.is_some() && payload.event.is_none() {
            payload.event = self.event.map(|event| Data::Slice(event.into()));
        }
        let sent = if self.changes {
            sse.emit_if_changed(&payload, AT)
        } else {
            sse.emit_payload(&payload, AT, &Fields::default())
        };
        sent.map(|_| ())
    }
}

/// True if a callable returned another source, and not a value to send.
fn is_walkable(value: &Zval) -> bool {
    value.is_traversable() && !value.object().is_some_and(|object| is_a(object, SERVER_EVENT))
}

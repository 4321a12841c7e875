//! Closes a stream of `Sse` and runs its `onClose()` callbacks.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::{ZendCallable, ZendStr, Zval};

use super::object::{Sse, native};
use crate::php::arguments::{Argument, Text, bytes, given};
use crate::php::current;
use crate::php::exception::SseClientGone;
use crate::php::fault::Fault;
use crate::php::payload::{Fields, Payload};
use crate::php::stop_reason::SseStopReason;
use crate::sapi::response::{output, ownership};
use crate::stream::StopReason;
use crate::zend::engine::{self, Caught, Owned};
use crate::zend::value::{callable_error, closure, takes_argument};

impl Sse {
    pub(super) fn close_with(
        &self,
        data: Option<&Zval>,
        event: Option<&Text>,
    ) -> Result<(), Fault> {
        let (data, event) = (given(data), given(event.map(|argument| argument.0)));
        if data.is_some() || event.is_some() {
            let mut empty = Zval::new();
            empty.set_zend_string(ZendStr::new("", false));
            let at = Argument("Sse::close", 1, "data");
            let event = event
                .map(|event| {
                    let at = Argument("Sse::close", 2, "event");
                    Ok::<_, Fault>((bytes(event, at, "of type ?string")?, at))
                })
                .transpose()?;
            let payload = Payload::new(data.unwrap_or(&empty), at)?;
            let fields = Fields { event, ..Fields::default() };
            let event = fields.over(payload.event(at)?)?;
            self.stream.send_last(&event)?;
        }
        self.end()
    }

    /// Closes the stream, and runs its callbacks. Later output of the script is no part of the response.
    pub(in crate::php) fn end(&self) -> Result<(), Fault> {
        self.stream.close();
        let settled = self.settle(());
        if !current::is_ending() {
            self.stream.connection().let_script_go_on();
        }
        let finished = self.stream.finish();
        drop(self.lease.take());
        if self.server.has_response() {
            output::disable();
        }
        finished?;
        settled
    }

    /// Closes the stream when the request ends. Nothing is thrown out of it: other extensions have to end the
    /// request, too.
    pub(in crate::php) fn end_with_request(&self) {
        // Each round runs at least one callback, and ends at one that fails.
        let rounds = self.callbacks.borrow().len();
        for _ in 0..=rounds {
            let ended = self.end();
            engine::forget_failure();
            if ended.is_ok() {
                break;
            }
        }
    }

    pub(super) fn keep_callback(&self, callback: &Zval) -> Result<(), Fault> {
        let at = Argument("Sse::onClose", 1, "callback");
        if let Some(error) = callable_error(callback) {
            return Err(Fault::type_error(format!("{at} must be a valid callback, {error}")));
        }
        let closure = closure(callback)?;
        Fault::if_pending()?;
        self.callbacks.borrow_mut().push_back(closure);
        self.settle(())
    }

    /// Returns `open`, after running the callbacks if the stream has stopped. All of them run; the first exception
    /// among them is thrown.
    #[inline]
    pub(super) fn settle<T>(&self, open: T) -> Result<T, Fault> {
        // An output callback may have thrown inside a write. While an exception is pending, no callback can be
        // called: they run when the request ends.
        Fault::if_pending()?;
        match self.reason() {
            Some(reason) => self.run_callbacks(reason).map(|()| open),
            None => Ok(open),
        }
    }

    #[cold]
    fn run_callbacks(&self, reason: StopReason) -> Result<(), Fault> {
        let mut first = None;
        while let Some(callback) = self.next_callback() {
            run_callback(&callback, reason)?;
            // A destructor that runs when the callback is freed counts as part of the callback.
            callback.release()?;
            first = match (first, Caught::take()) {
                (Some(first), Some(later)) => Some(Caught::followed_by(first, later)),
                (first, later) => first.or(later),
            };
            // An exit cannot be taken: it stays pending.
            Fault::if_pending()?;
        }
        if let Some(first) = first {
            first.rethrow();
            return Err(Fault::Pending);
        }
        Ok(())
    }

    fn next_callback(&self) -> Option<Owned> {
        self.callbacks.borrow_mut().pop_front()
    }
}

/// Ends the request: closes the stream, and runs its callbacks.
pub(in crate::php) fn end_request() {
    current::note_ending();
    // A pending exit or exception has ended the script by now.
    engine::forget_failure();
    if let Some(sse) = current::get().as_deref().and_then(native) {
        sse.end_with_request();
    }
    ownership::forget();
    current::clear();
    engine::forget_failure();
}

fn run_callback(callback: &Zval, reason: StopReason) -> Result<(), Fault> {
    ownership::in_callback(|| {
        let reason = SseStopReason::from(reason).into_zval(false);
        // An exception that it throws stays pending.
        if let (Ok(callable), Ok(reason)) = (ZendCallable::new(callback), reason) {
            let _ =
                callable.try_call(if takes_argument(callback) { vec![&reason] } else { vec![] });
        }
    })?;
    Ok(())
}

/// Throws in a script that asked to be interrupted when its client leaves (`sse.interrupt`).
pub(in crate::php) fn throw_client_gone() {
    PhpException::new("The client has left".into(), 0, SseClientGone::class()).throw();
}

//! Sends the events of `Sse`, and waits: `send()`, `sendMany()`, `comment()`, `wait()`.

use std::borrow::Cow;
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use crate::hub::EventName;
use event_stream::{Comment, Event};
use ext_php_rs::types::Zval;

use super::object::Sse;
use crate::php::arguments::{
    Argument, Int, Text, WithDefault, bytes, bytes_or_int, float, given, int, retry, type_name,
};
use crate::php::fault::Fault;
use crate::php::payload::{Fields, Payload};
use crate::sapi::response::abort;
use crate::stream::{Packet, StopReason, seconds};
use crate::zend::value::walk;
use crate::zend::{engine, streams};

impl Sse {
    /// Sends a value as an event.
    pub(super) fn emit(&self, value: &Zval, at: Argument, fields: &Fields) -> Result<bool, Fault> {
        self.emit_payload(&Payload::new(value, at)?, at, fields)
    }

    pub(super) fn emit_data(&self, data: &[u8]) -> Result<bool, Fault> {
        self.check_overstay()?;
        let event = Event { data: Some(data), ..Event::default() };
        let open = self.stream.send(&event)?;
        self.settle(open)
    }

    /// Sends an event.
    pub(in crate::php) fn emit_payload(
        &self,
        payload: &Payload,
        at: Argument,
        fields: &Fields,
    ) -> Result<bool, Fault> {
        let event = fields.over(payload.event(at)?)?;
        self.note_type(&event, at)?;
        self.check_overstay()?;
        let open = self.stream.send(&event)?;
        self.settle(open)
    }

    /// Sends an event, unless it is the same as the last one that was sent so.
    pub(super) fn emit_if_changed(&self, payload: &Payload, at: Argument) -> Result<bool, Fault> {
        let event = payload.event(at)?;
        self.note_type(&event, at)?;
        self.check_overstay()?;
        let open = self.stream.send_if_changed(&event)?;
        self.settle(open)
    }

    /// Refuses `reset` on a stream that follows topics: its client would take it for the hub's.
    pub(super) fn note_type(&self, event: &Event, at: Argument) -> Result<(), Fault> {
        if event.event.is_none_or(|event| event.as_str() != EventName::RESET) {
            return Ok(());
        }
        self.sent_reset.set(true);
        if self.follows.get() {
            let problem = r#"its event type must not be "reset" on a stream that follows topics"#;
            return Err(Fault::value_error(format!("{at}: {problem}")));
        }
        Ok(())
    }

    pub(super) fn emit_all(&self, events: &Zval) -> Result<bool, Fault> {
        let at = Argument("Sse::sendMany", 1, "events");
        if !events.is_iterable() {
            return Err(at.type_error("of type Traversable|array", events));
        }
        // Not the stream's own buffer: code of the events may run meanwhile, and may send.
        let mut frames = Packet::default();
        let (mut retry, mut have_ids) = (None, false);
        walk(events, |value| {
            let payload = Payload::new(&value, at)?;
            let event = payload.event(at)?;
            self.note_type(&event, at)?;
            event.encode_into(frames.end());
            retry = event.retry.or(retry);
            have_ids |= event.id.is_some();
            Ok::<_, Fault>(true)
        })?;
        Fault::if_pending()?;
        self.check_overstay()?;
        let open = self.stream.send_frames(frames, retry, have_ids)?;
        self.settle(open)
    }

    pub(super) fn write_comment(&self, text: &WithDefault<&'static str>) -> Result<bool, Fault> {
        let at = Argument("Sse::comment", 1, "text");
        let text = match text {
            WithDefault::Passed(value) => bytes(value, at, "of type string")?,
            WithDefault::Default(text) => Cow::Borrowed(text.as_bytes()),
        };
        self.check_overstay()?;
        let open = self.stream.comment(Comment::new(&text))?;
        self.settle(open)
    }

    pub(super) fn write_retry(&self, milliseconds: &Int) -> Result<bool, Fault> {
        let at = Argument("Sse::retry", 1, "milliseconds");
        let time = retry(int(milliseconds.0, at, "of type int")?, at)?;
        self.check_overstay()?;
        let open = self.stream.retry(time)?;
        self.settle(open)
    }

    pub(super) fn wait_for(&self, length: &Zval, read: Option<&Zval>) -> Result<bool, Fault> {
        let length = duration(length, Argument("Sse::wait", 1, "seconds"))?;
        let Some(read) = read else { return self.pause(length) };
        let (descriptors, unread) = sources(read)?;
        self.pause_watching(if unread { Duration::ZERO } else { length }, descriptors)
    }

    /// Waits; returns true if the stream is open.
    pub(in crate::php) fn pause(&self, length: Duration) -> Result<bool, Fault> {
        self.pause_watching(length, Vec::new())
    }

    pub(super) fn wait_once(&self, length: Duration) -> Result<bool, Fault> {
        self.check_overstay()?;
        self.stream.connection().probe();
        let open = self.stream.wait(length)?;
        self.settle(open)
    }

    /// Waits for all of this time in a loop of ours, and runs the engine's interrupts meanwhile.
    pub(in crate::php) fn pause_throughout(&self, length: Duration) -> Result<bool, Fault> {
        let until = Instant::now().checked_add(length);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let open = self.pause(left.unwrap_or(length))?;
            engine::run_interrupts()?;
            let open = self.settle(open && self.is_running())?;
            if !open || left.is_some_and(|left| left.is_zero()) {
                return Ok(open);
            }
        }
    }

    /// True if the stream is open.
    pub(in crate::php) fn is_running(&self) -> bool {
        self.stream.is_open()
    }

    /// Returns the stop reason.
    pub(in crate::php) fn reason(&self) -> Option<StopReason> {
        self.stream.stop_reason()
    }

    /// Ends a script that still sends long after its client has left; and the stream, if it has to make room.
    pub(super) fn check_overstay(&self) -> Result<(), Fault> {
        self.make_room()?;
        let goes_on = self.stream.ignores_disconnect() && self.server.has_response();
        if !goes_on || abort::ignores_user_abort() {
            return Ok(());
        }
        if engine::is_below_native_code() {
            // Such code may ignore an exit, as curl does, and keep calling.
            return Err(Fault::Aborted);
        }
        engine::exit_script();
        Err(Fault::Pending)
    }
}

/// Returns the descriptors of PHP streams, and true if PHP has already read bytes from one of them.
fn sources(read: &Zval) -> Result<(Vec<RawFd>, bool), Fault> {
    let at = Argument("Sse::wait", 2, "read");
    let streams = read.array().ok_or_else(|| at.type_error("of type ?array", read))?;
    let mut descriptors = Vec::new();
    let mut unread = false;
    for (_, stream) in streams {
        let stream = stream.dereference();
        if !stream.is_resource() {
            let given = type_name(stream);
            return Err(Fault::type_error(format!(
                "{at} must be an array of streams, {given} given"
            )));
        }
        let source = streams::source(stream)?;
        Fault::if_pending()?;
        let problem = "must be streams that can be waited for";
        let source = source.ok_or_else(|| at.value_error(problem))?;
        descriptors.push(source.descriptor);
        unread |= source.has_unread;
    }
    Ok((descriptors, unread))
}

pub(super) fn duration(value: &Zval, at: Argument) -> Result<Duration, Fault> {
    let number = float(value, at, "of type float")?;
    seconds(number).map_err(|error| at.value_error(error))
}

pub(super) fn fields<'a>(
    method: &'static str,
    event: Option<&Text<'a>>,
    id: Option<&'a Zval>,
    milliseconds: Option<&Int<'a>>,
) -> Result<Fields<'a>, Fault> {
    let event = given(event.map(|argument| argument.0)).map(|event| {
        let at = Argument(method, 2, "event");
        Ok::<_, Fault>((bytes(event, at, "of type ?string")?, at))
    });
    let id = given(id).map(|id| {
        let at = Argument(method, 3, "id");
        Ok::<_, Fault>((bytes_or_int(id, at)?, at))
    });
    let time = given(milliseconds.map(|argument| argument.0)).map(|milliseconds| {
        let at = Argument(method, 4, "retry");
        retry(int(milliseconds, at, "of type ?int")?, at)
    });
    Ok(Fields { event: event.transpose()?, id: id.transpose()?, retry: time.transpose()? })
}

pub(super) fn encode(
    value: &Zval,
    fields: &Fields,
    comment: Option<&Text>,
) -> Result<Vec<u8>, Fault> {
    let at = Argument("Sse::encode", 5, "comment");
    let comment = given(comment.map(|argument| argument.0));
    let comment = comment.map(|text| bytes(text, at, "of type ?string")).transpose()?;
    let at = Argument("Sse::encode", 1, "data");
    let payload = Payload::new(value, at)?;
    let event = fields.over(payload.event(at)?)?;
    let event = Event { comment: comment.as_deref().or(event.comment), ..event };
    let mut frame = Vec::new();
    event.encode_into(&mut frame);
    Ok(frame)
}

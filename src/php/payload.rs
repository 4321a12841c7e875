//! Converts the data that a script gives to an event: strings, JSON, event objects.

use std::borrow::Cow;

use event_stream::{Event, Retry};
use ext_php_rs::types::{ZendObject, Zval};

use super::arguments::{Argument, RESERVED, event_id, event_type, text, type_name};
use super::event_object::{EventObject, SseEvent};
use super::fault::Fault;
use crate::stream::without_next_line;
use crate::zend::engine::{self, Owned, guarded};
use crate::zend::json;
use crate::zend::value::{is_a, is_json_serializable, is_stringable, walk};

/// Symfony's class of events.
pub(super) const SERVER_EVENT: &str = "Symfony\\Component\\HttpFoundation\\ServerEvent";

/// Laravel's class of events.
const STREAMED_EVENT: &str = "Illuminate\\Http\\StreamedEvent";

/// Bytes of the script's, or bytes made from its values.
pub(super) enum Data<'a> {
    /// Bytes of a value that outlives this one.
    Slice(Cow<'a, [u8]>),
    /// A string of our own.
    Owned(Owned),
}

impl Data<'_> {
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Slice(bytes) => bytes,
            Self::Owned(string) => string.zend_str().map_or(b"", |string| string.as_bytes()),
        }
    }
}

impl<'a> From<Cow<'a, [u8]>> for Data<'a> {
    fn from(bytes: Cow<'a, [u8]>) -> Self {
        Self::Slice(bytes)
    }
}

impl From<&'static str> for Data<'_> {
    fn from(text: &'static str) -> Self {
        Self::Slice(Cow::Borrowed(text.as_bytes()))
    }
}

/// An event as the script gave it, not yet checked.
#[derive(Default)]
pub(super) struct Payload<'a> {
    pub(super) data: Option<Data<'a>>,
    pub(super) event: Option<Data<'a>>,
    pub(super) id: Option<Data<'a>>,
    pub(super) retry: Option<Retry>,
    pub(super) comment: Option<Data<'a>>,
}

impl<'a> Payload<'a> {
    /// Converts a value to an event: an event object to its fields, anything else to data.
    pub(super) fn new(value: &'a Zval, at: Argument) -> Result<Self, Fault> {
        let value = value.dereference();
        if let Some(object) = value.object() {
            if let Some(event) = SseEvent::from_object(object) {
                return Self::of_event(&event, at);
            }
            if is_a(object, SERVER_EVENT) {
                return server_event(object, at);
            }
            if is_a(object, STREAMED_EVENT) {
                return streamed_event(object, at);
            }
        }
        Ok(Self { data: Some(data(value, at)?), ..Self::default() })
    }

    /// Converts an event object; data that is not a string becomes JSON.
    pub(super) fn of_event(event: &EventObject<'_>, at: Argument) -> Result<Self, Fault> {
        let data = match event.get("data") {
            Some(value) if value.is_string() => Some(Data::Owned(value)),
            Some(value) => Some(match data(&value, at)? {
                Data::Slice(bytes) => Data::Slice(Cow::Owned(bytes.into_owned())),
                Data::Owned(json) => Data::Owned(json),
            }),
            None => None,
        };
        let milliseconds = event.get("retry").and_then(|value| value.long());
        Ok(Self {
            data,
            event: event.get("event").map(Data::Owned),
            id: event.get("id").map(Data::Owned),
            retry: milliseconds.map(|time| own_retry(time, at)).transpose()?,
            comment: event.get("comment").map(Data::Owned),
        })
    }

    /// Checks the event; `at` is the argument that gave it.
    pub(super) fn event(&self, at: Argument) -> Result<Event<'_>, Fault> {
        let error = |field, error| Fault::value_error(format!("{at}: its {field} {error}"));
        let event = self.event.as_ref().map(|event| event_stream::EventType::new(event.as_bytes()));
        let event = event.transpose().map_err(|e| error("event type", e))?;
        if event.is_some_and(event_stream::EventType::is_reserved) {
            return Err(Fault::value_error(format!("{at}: its event type {RESERVED}")));
        }
        let id = self.id.as_ref().map(|id| event_stream::EventId::new(id.as_bytes()));
        Ok(Event {
            comment: self.comment.as_ref().map(Data::as_bytes),
            id: id.transpose().map_err(|e| error("id", e))?,
            event,
            retry: self.retry,
            data: self.data.as_ref().map(Data::as_bytes),
        })
    }
}

/// The fields that arguments of a method give, which win over those of an event object.
#[derive(Default)]
pub(super) struct Fields<'a> {
    pub(super) event: Option<(Cow<'a, [u8]>, Argument)>,
    pub(super) id: Option<(Cow<'a, [u8]>, Argument)>,
    pub(super) retry: Option<Retry>,
}

impl Fields<'_> {
    /// Returns `event` with these fields in place of its own.
    pub(super) fn over<'e>(&'e self, event: Event<'e>) -> Result<Event<'e>, Fault> {
        let own_type = self.event.as_ref().map(|(bytes, at)| event_type(bytes, *at));
        let own_id = self.id.as_ref().map(|(bytes, at)| event_id(bytes, *at));
        Ok(Event {
            event: own_type.transpose()?.or(event.event),
            id: own_id.transpose()?.or(event.id),
            retry: self.retry.or(event.retry),
            ..event
        })
    }
}

/// Converts a value to the data of an event: strings as they are, objects with a text to it, everything else to JSON.
pub(super) fn data(value: &Zval, at: Argument) -> Result<Data<'_>, Fault> {
    if let Some(string) = value.zend_str() {
        return Ok(Data::Slice(Cow::Borrowed(string.as_bytes())));
    }
    if let Some(number) = value.long() {
        return Ok(Data::Slice(Cow::Owned(number.to_string().into_bytes())));
    }
    refuse_what_is_no_data(value, at)?;
    if let Some(text) = own_text(value)? {
        return Ok(text.into());
    }
    json_of(value, at)
}

/// Converts a value to JSON, strings and objects with a text to it, too.
pub(super) fn document(value: &Zval, at: Argument) -> Result<Data<'static>, Fault> {
    let value = value.dereference();
    refuse_what_is_no_data(value, at)?;
    if value.object().is_some_and(is_event) {
        let given = type_name(value);
        return Err(Fault::type_error(format!("{at} must be a state and no event, {given} given")));
    }
    json_of(value, at)
}

fn refuse_what_is_no_data(value: &Zval, at: Argument) -> Result<(), Fault> {
    if !value.is_resource() && !value.object().is_some_and(has_no_data) {
        return Ok(());
    }
    let given = type_name(value);
    Err(Fault::type_error(format!("{at} must be data that has a JSON form, {given} given")))
}

fn json_of(value: &Zval, at: Argument) -> Result<Data<'static>, Fault> {
    let text = json::encode(value)?;
    Fault::if_pending()?;
    let none = || Fault::wrong_moment(format!("{at}: PHP's JSON is not there"));
    text.map(safe_json).ok_or_else(none)
}

/// True for what `Payload::new()` takes apart.
fn is_event(object: &ZendObject) -> bool {
    SseEvent::from_object(object).is_some()
        || is_a(object, SERVER_EVENT)
        || is_a(object, STREAMED_EVENT)
}

/// Escapes characters in JSON that some clients take for line ends.
fn safe_json(json: Owned) -> Data<'static> {
    let escaped = match without_next_line(json.zend_str().map_or(b"", |text| text.as_bytes())) {
        Cow::Owned(escaped) => Some(escaped),
        Cow::Borrowed(_) => None,
    };
    escaped.map_or(Data::Owned(json), |escaped| Data::Slice(Cow::Owned(escaped)))
}

/// Returns the text of an object that has one, unless it defines its JSON.
fn own_text(value: &Zval) -> Result<Option<Cow<'_, [u8]>>, Fault> {
    match value.object() {
        Some(object) if is_stringable(object) && !is_json_serializable(object) => text(value),
        _ => Ok(None),
    }
}

/// True if JSON would lose the object: it exists to be called, or iterated.
fn has_no_data(object: &ZendObject) -> bool {
    is_a(object, "Closure") || is_a(object, "Generator")
}

/// Converts Symfony's event: `getData(): string|iterable`, `getType()`, `getId()`, `getRetry()`, `getComment()`.
fn server_event(object: &ZendObject, at: Argument) -> Result<Payload<'static>, Fault> {
    let get = |method: &str| -> Result<Owned, Fault> {
        let value = guarded(|| object.try_call_method(method, vec![]).ok().map(Owned::from))?;
        Fault::if_pending()?;
        Ok(value.unwrap_or_default())
    };
    let text = |value: Owned| value.is_string().then_some(Data::Owned(value));
    let data = get("getData")?;
    let retry = get("getRetry")?.long();
    Ok(Payload {
        data: if data.is_string() { Some(Data::Owned(data)) } else { Some(lines(&data, at)?) },
        event: text(get("getType")?),
        id: text(get("getId")?),
        retry: retry.map(|time| own_retry(time, at)).transpose()?,
        comment: text(get("getComment")?),
    })
}

/// Joins pieces of data as lines.
fn lines(pieces: &Zval, at: Argument) -> Result<Data<'static>, Fault> {
    let mut joined: Vec<Vec<u8>> = Vec::new();
    walk(pieces, |piece| {
        let no_text = || {
            let given = type_name(&piece);
            Fault::type_error(format!("{at}: its data must be strings, {given} given"))
        };
        let piece = text(&piece)?.ok_or_else(no_text)?;
        joined.push(piece.into_owned());
        Ok::<_, Fault>(true)
    })?;
    Fault::if_pending()?;
    Ok(Data::Slice(Cow::Owned(joined.join(&b'\n'))))
}

/// Checks the reconnection time of an event object.
pub(super) fn own_retry(milliseconds: i64, at: Argument) -> Result<Retry, Fault> {
    u64::try_from(milliseconds).map(Retry::from_millis).map_err(|_| {
        Fault::value_error(format!("{at}: its retry must be greater than or equal to 0"))
    })
}

/// Converts Laravel's event: public `$event` and `$data`.
fn streamed_event(object: &ZendObject, at: Argument) -> Result<Payload<'static>, Fault> {
    // A class below it may have code for its properties.
    let value = guarded(|| engine::property(object, "data"))?;
    let data = match data(&value, at)? {
        Data::Slice(bytes) => Data::Slice(Cow::Owned(bytes.into_owned())),
        Data::Owned(json) => Data::Owned(json),
    };
    let event = guarded(|| engine::property(object, "event"))?;
    let event = event.is_string().then_some(Data::Owned(event));
    Ok(Payload { data: Some(data), event, ..Payload::default() })
}

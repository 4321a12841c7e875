//! `SseEvent`: one event, as a value.

use std::borrow::Cow;

use event_stream::{Event, EventId, EventType, Retry};
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendObject, ZendStr, Zval};

use super::arguments::{
    At, Int, Text, bytes, bytes_or_int, event_id, event_type, given, int, retry,
};
use super::fault::{Fault, answer};
use super::payload::{self, Held, Payload};
use crate::stream::Bailout;
use crate::zend::bailout;
use crate::zend::declare::{ReadOnly, Refinement, types};
use crate::zend::engine::{self, Owned, guarded};
use crate::zend::record::Record;

/// One event, to be sent, returned from a source, or as a parser found it.
///
/// All of it lives in the object's declared properties; the Rust part is empty.
#[php_class]
#[php(name = "SseEvent")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
#[derive(Clone, Default)]
pub struct SseEvent;

/// The properties, in the order of the constructor's arguments.
pub(super) const PROPERTIES: [ReadOnly; 5] = [
    ReadOnly { name: "data", types: types::MIXED },
    ReadOnly { name: "event", types: types::STRING | types::NULL },
    ReadOnly { name: "id", types: types::STRING | types::NULL },
    ReadOnly { name: "retry", types: types::INT | types::NULL },
    ReadOnly { name: "comment", types: types::STRING | types::NULL },
];

pub(super) const REFINEMENTS: [Refinement; 1] = [Refinement {
    method: "__construct",
    parameter: Some(2),
    types: types::STRING | types::INT | types::NULL,
    default: None,
}];

const CONSTRUCT: &str = "SseEvent::__construct";

#[php_impl]
#[expect(clippy::needless_pass_by_value, reason = "the macro hands arguments over by value")]
impl SseEvent {
    /// An event of these fields.
    fn __construct(
        data: Option<&Zval>,
        event: Option<Text>,
        id: Option<&Zval>,
        retry: Option<Int>,
        comment: Option<Text>,
    ) -> PhpResult<Self> {
        let values = values(data, event.as_ref(), id, retry.as_ref(), comment.as_ref());
        answer(values.map(|values| {
            if let Some(object) = engine::running_object() {
                fill(object, values);
            }
            Self
        }))
    }

    /// The event as it stands in an event stream.
    fn __to_string(self_: &mut ZendClassObject<SseEvent>) -> PhpResult<Bytes> {
        answer(encode(&self_.std).map(Bytes))
    }
}

impl Record<5> for SseEvent {
    fn takes(values: &[Zval]) -> bool {
        let or_null = |index: usize, is_fit: fn(&Zval) -> bool| {
            values.get(index).is_none_or(|value| value.is_null() || is_fit(value))
        };
        values.first().is_none_or(|data| !data.is_reference())
            && or_null(1, |event| bytes_of(event).is_some_and(|event| own_type(event).is_some()))
            && or_null(2, |id| bytes_of(id).is_some_and(|id| EventId::new(id).is_ok()))
            && or_null(3, |time| time.long().is_some_and(|time| time >= 0))
            && or_null(4, Zval::is_string)
    }

    fn write([data, event, id, time, comment]: &[Zval; 5], out: &mut Vec<u8>) -> bool {
        let event = bytes_of(event).map(|event| own_type(event).ok_or(())).transpose();
        let id = bytes_of(id).map(EventId::new).transpose();
        let time = time.long().map(u64::try_from).transpose();
        let (Some(data), Ok(event), Ok(id), Ok(time)) = (bytes_of(data), event, id, time) else {
            return false;
        };
        let retry = time.map(Retry::from_millis);
        let event = Event { comment: bytes_of(comment), id, event, retry, data: Some(data) };
        event.encode_into(out);
        true
    }
}

/// An event type that a script may give.
fn own_type(bytes: &[u8]) -> Option<EventType<'_>> {
    EventType::new(bytes).ok().filter(|event| !event.is_reserved())
}

fn bytes_of(value: &Zval) -> Option<&[u8]> {
    value.zend_str().map(ZendStr::as_bytes)
}

/// A string of bytes, declared as a string.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl IntoZval for Bytes {
    const TYPE: ext_php_rs::flags::DataType = ext_php_rs::flags::DataType::String;
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, persistent: bool) -> ext_php_rs::error::Result<()> {
        let text = guarded(|| ZendStr::new(&self.0, persistent));
        drop(self.0);
        match text {
            Ok(text) => value.set_zend_string(text),
            // There is no memory for it, and nothing is owned any more.
            Err(_) => bailout::unwind(),
        }
        Ok(())
    }
}

fn encode(object: &ZendObject) -> Result<Vec<u8>, Fault> {
    let at = At("SseEvent::__toString", 0, "data");
    let payload = SseEvent::from_object(object).map(|event| event.payload(at));
    let payload = payload.transpose()?.unwrap_or_default();
    let mut frame = Vec::new();
    payload.event(at)?.encode_into(&mut frame);
    Ok(frame)
}

/// The checked values of the properties.
fn values(
    data: Option<&Zval>,
    event: Option<&Text>,
    id: Option<&Zval>,
    milliseconds: Option<&Int>,
    comment: Option<&Text>,
) -> Result<[Owned; 5], Fault> {
    let at = |number, name| At(CONSTRUCT, number, name);
    let event = given(event.map(|argument| argument.0))
        .map(|event| bytes(event, at(2, "event"), "of type ?string"))
        .transpose()?;
    event.as_ref().map(|event| event_type(event, at(2, "event"))).transpose()?;
    let id = given(id).map(|id| bytes_or_int(id, at(3, "id"))).transpose()?;
    id.as_ref().map(|id| event_id(id, at(3, "id"))).transpose()?;
    let milliseconds = given(milliseconds.map(|argument| argument.0))
        .map(|milliseconds| int(milliseconds, at(4, "retry"), "of type ?int"))
        .transpose()?;
    milliseconds.map(|milliseconds| retry(milliseconds, at(4, "retry"))).transpose()?;
    let comment = given(comment.map(|argument| argument.0))
        .map(|comment| bytes(comment, at(5, "comment"), "of type ?string"))
        .transpose()?;
    let data = data.map_or_else(Owned::default, Owned::shared);
    Ok([data, string(event), string(id), number(milliseconds), string(comment)])
}

fn string(text: Option<Cow<[u8]>>) -> Owned {
    text.map_or_else(Owned::default, |text| {
        let mut value = Owned::default();
        value.set_zend_string(ZendStr::new(&*text, false));
        value
    })
}

fn number(number: Option<i64>) -> Owned {
    number.map_or_else(Owned::default, |number| {
        let mut value = Owned::default();
        value.set_long(number);
        value
    })
}

fn fill(object: &mut ZendObject, values: [Owned; 5]) {
    let class = SseEvent::get_metadata().ce();
    for (property, value) in PROPERTIES.iter().zip(values) {
        engine::set_property(object, class, property.name, &value);
        if engine::is_unwinding() {
            // It has been constructed before.
            break;
        }
    }
}

impl SseEvent {
    /// The event that an object is, if it is one.
    pub(super) fn from_object(object: &ZendObject) -> Option<EventObject<'_>> {
        let own = std::ptr::eq(object.get_class_entry(), Self::get_metadata().ce());
        own.then_some(EventObject(object))
    }

    /// An event object of these values.
    ///
    /// # Errors
    ///
    /// [`Bailout`] when there is no memory for it.
    pub(super) fn create(
        data: &[u8],
        event: Option<&[u8]>,
        id: Option<&[u8]>,
        retry: Option<i64>,
    ) -> Result<Owned, Bailout> {
        guarded(|| {
            let mut object = ZendClassObject::new(Self);
            let text = |bytes: Option<&[u8]>| string(bytes.map(Cow::Borrowed));
            let values = [text(Some(data)), text(event), text(id), number(retry), Owned::default()];
            fill(&mut object.std, values);
            object.into_zval(false).unwrap_or_default().into()
        })
    }
}

/// An object of class `SseEvent`.
pub(super) struct EventObject<'a>(&'a ZendObject);

impl<'a> EventObject<'a> {
    /// The event, with data that is not a string as JSON.
    pub(super) fn payload(&self, at: At) -> Result<Payload<'a>, Fault> {
        let data = self.get("data");
        let data = match data {
            Some(data) if data.is_string() => Some(Held::Owned(data)),
            Some(data) => Some(match payload::data(&data, at)? {
                Held::Slice(bytes) => Held::Slice(Cow::Owned(bytes.into_owned())),
                Held::Owned(json) => Held::Owned(json),
            }),
            None => None,
        };
        let milliseconds = self.get("retry").and_then(|value| value.long());
        Ok(Payload {
            data,
            event: self.get("event").map(Held::Owned),
            id: self.get("id").map(Held::Owned),
            retry: milliseconds.map(|time| payload::own_retry(time, at)).transpose()?,
            comment: self.get("comment").map(Held::Owned),
        })
    }

    fn get(&self, name: &str) -> Option<Owned> {
        let value = engine::property(self.0, name);
        (!value.is_null()).then_some(value)
    }
}

//! The class `SseEvent`: its properties, which hold all of an event, and reading them from Rust.

use std::borrow::Cow;

use event_stream::{Event, EventId, EventType, Retry};
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendObject, ZendStr, Zval};

use crate::stream::Bailout;
use crate::zend::class::{ReadOnly, types};
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

/// Checks an event type that a script gives.
fn own_type(bytes: &[u8]) -> Option<EventType<'_>> {
    EventType::new(bytes).ok().filter(|event| !event.is_reserved())
}

fn bytes_of(value: &Zval) -> Option<&[u8]> {
    value.zend_str().map(ZendStr::as_bytes)
}

pub(super) fn string(text: Option<Cow<[u8]>>) -> Owned {
    text.map_or_else(Owned::default, |text| {
        let mut value = Owned::default();
        value.set_zend_string(ZendStr::new(&*text, false));
        value
    })
}

pub(super) fn number(number: Option<i64>) -> Owned {
    number.map_or_else(Owned::default, |number| {
        let mut value = Owned::default();
        value.set_long(number);
        value
    })
}

pub(super) fn fill(object: &mut ZendObject, values: [Owned; 5]) {
    let class = SseEvent::get_metadata().ce();
    for (property, value) in PROPERTIES.iter().zip(values) {
        engine::set_property(object, class, property.name, &value);
        if engine::is_unwinding() {
            // A read-only property refused: the object was constructed before.
            break;
        }
    }
}

impl SseEvent {
    /// Returns the event if the object is an `SseEvent`.
    pub(super) fn from_object(object: &ZendObject) -> Option<EventObject<'_>> {
        let own = std::ptr::eq(object.get_class_entry(), Self::get_metadata().ce());
        own.then_some(EventObject(object))
    }

    /// Makes an event object of these values.
    ///
    /// # Errors
    ///
    /// [`Bailout`] when memory is exhausted.
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

impl EventObject<'_> {
    /// Returns a property; `None` if it is null.
    pub(super) fn get(&self, name: &str) -> Option<Owned> {
        let value = engine::property(self.0, name);
        (!value.is_null()).then_some(value)
    }
}

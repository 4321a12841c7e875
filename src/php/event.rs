//! The methods of `SseEvent`: construct from checked values, encode to text.

use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};

use super::arguments::{
    Argument, Int, Text, bytes, bytes_or_int, event_id, event_type, given, int, retry,
};
use super::bytes::Bytes;
use super::event_object::{SseEvent, fill, number, string};
use super::fault::{Fault, into_php};
use super::payload::Payload;
use crate::zend::class::{Refinement, types};
use crate::zend::engine::{self, Owned};

pub(super) const REFINEMENTS: [Refinement; 1] = [Refinement {
    method: "__construct",
    parameter: Some("id"),
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
        into_php(values.map(|values| {
            engine::with_running_object(|object| fill(object, values));
            Self
        }))
    }

    /// The event as it stands in an event stream.
    fn __to_string(self_: &mut ZendClassObject<SseEvent>) -> PhpResult<Bytes> {
        into_php(encode(&self_.std).map(Bytes))
    }
}

fn encode(object: &ZendObject) -> Result<Vec<u8>, Fault> {
    let at = Argument("SseEvent::__toString", 0, "data");
    let payload = SseEvent::from_object(object).map(|event| Payload::of_event(&event, at));
    let payload = payload.transpose()?.unwrap_or_default();
    let mut frame = Vec::new();
    payload.event(at)?.encode_into(&mut frame);
    Ok(frame)
}

/// Checks the values of the properties.
fn values(
    data: Option<&Zval>,
    event: Option<&Text>,
    id: Option<&Zval>,
    milliseconds: Option<&Int>,
    comment: Option<&Text>,
) -> Result<[Owned; 5], Fault> {
    let at = |number, name| Argument(CONSTRUCT, number, name);
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

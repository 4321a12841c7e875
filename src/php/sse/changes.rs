//! `sendChanges()`: a state that clients follow by what has changed.

use ext_php_rs::types::Zval;

use event_stream::Event;

use super::object::Sse;
use crate::php::arguments::{
    Argument, WithDefault, bytes, bytes_or_int, event_id, event_type, given,
};
use crate::php::fault::Fault;
use crate::php::payload;
use crate::stream::PatchType;

const METHOD: &str = "Sse::sendChanges";

impl Sse {
    pub(super) fn send_changes_of(
        &self,
        state: &Zval,
        event: &WithDefault<&'static str>,
        id: Option<&Zval>,
    ) -> Result<bool, Fault> {
        let (at, event_at) = (Argument(METHOD, 1, "state"), Argument(METHOD, 2, "event"));
        let event = match event {
            WithDefault::Default(event) => Some(event.as_bytes().into()),
            WithDefault::Passed(value) => {
                let event = given(Some(value));
                event.map(|event| bytes(event, event_at, "of type ?string")).transpose()?
            }
        };
        let event = event.as_ref().map(|event| event_type(event, event_at)).transpose()?;
        let patches = PatchType::new(event).map_err(|error| event_at.value_error(error))?;
        let id_at = Argument(METHOD, 3, "id");
        let id = given(id).map(|id| bytes_or_int(id, id_at)).transpose()?;
        let id = id.as_ref().map(|id| event_id(id, id_at)).transpose()?;
        let document = payload::document(state, at)?;
        self.note_type(&Event { event: patches.get(), ..Event::default() }, event_at)?;
        self.check_overstay()?;
        let open = self.stream.send_changes(document.as_bytes(), patches, id)?;
        self.settle(open)
    }
}

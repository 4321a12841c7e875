//! `Sse::publish()` and `Sse::status()`.

use crate::hub::{EventName, Publication};
use ext_php_rs::types::Zval;

use crate::hub;
use crate::php::arguments::{Argument, Text, bytes, given};
use crate::php::fault::Fault;
use crate::php::hub_settings::{failed, settings as hub_settings, topics};
use crate::php::payload::{Fields, Payload};
use crate::sapi::settings;
use crate::zend::engine::Owned;
use crate::zend::json;

const METHOD: &str = "Sse::publish";

/// Publishes an event, and returns its id.
pub(super) fn publish(names: &Zval, data: &Zval, event: Option<&Text>) -> Result<String, Fault> {
    let topics = topics(names, Argument(METHOD, 1, "topics"))?;
    let at = Argument(METHOD, 2, "data");
    let event = given(event.map(|argument| argument.0)).map(|event| {
        let at = Argument(METHOD, 3, "event");
        Ok::<_, Fault>((bytes(event, at, "of type ?string")?, at))
    });
    let fields = Fields { event: event.transpose()?, ..Fields::default() };
    let payload = Payload::new(data, at)?;
    let event = fields.over(payload.event(at)?)?;
    if event.id.is_some() || event.retry.is_some() || event.comment.is_some() {
        return Err(at.value_error("must have neither id, retry nor comment: the hub gives ids"));
    }
    let data = event.data.ok_or_else(|| at.value_error("must have data"))?;
    let limit = settings::max_event();
    if data.len() > limit {
        let length = data.len();
        let problem = format!("must be at most {limit} bytes (sse.max_event), {length} given");
        return Err(at.value_error(problem));
    }
    let name = event.event.filter(|event| !event.as_str().is_empty()).map(EventName::to_publish);
    let event = name.transpose().map_err(|error| match &fields.event {
        Some((_, at)) => at.value_error(error),
        None => Fault::value_error(format!("{at}: its event type {error}")),
    })?;
    let publication = Publication { topics, event, data: data.to_vec() };
    let id = hub::publish(&hub_settings(), publication);
    id.map(|id| id.to_string()).map_err(|error| failed(METHOD, &error))
}

/// Returns the hub's report as an array.
pub(super) fn status() -> Result<Owned, Fault> {
    let report = hub::status(&hub_settings()).map_err(|error| failed("Sse::status", &error))?;
    let report =
        report.map_or_else(|| r#"{"running":false}"#.to_owned(), hub::Running::into_report);
    let array = json::decode(&report)?;
    Fault::if_pending()?;
    array.ok_or_else(|| Fault::wrong_moment("Sse::status(): PHP's JSON is not there".into()))
}

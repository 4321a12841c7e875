//! Opens a stream of `Sse`: options, admission, head, first bytes.

use std::cell::{Cell, RefCell};
use std::time::Instant;

use crate::hub::Limit;
use event_stream::EventId;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendClassObject, ZendStr, Zval};

use super::admission::{Admission, Asked, not_taken};
use super::object::{Sse, native};
use super::sending::duration;
use super::source::Source;
use crate::hub::Lease;
use crate::php::arguments::{Argument, Text, WithDefault, bool, bytes, event_type, given};
use crate::php::fault::Fault;
use crate::php::jitter::jitter;
use crate::php::options::{Arguments, LastEventId, ResponseArguments};
use crate::php::{current, hub_settings};
use crate::sapi::head;
use crate::sapi::negotiation;
use crate::sapi::response::{ownership, request};
use crate::sapi::takeover::{self, Taken, response_headers, take_over};
use crate::sapi::{PhpConnection, Server, WireOptions, refusal, settings};
use crate::stream::{Options, Stream, merged, seconds};
use crate::zend::engine::{self, Owned};

/// Opens the stream of this request; `first` is the number of the first option of `method`.
pub(super) fn open(
    method: &'static str,
    first: u32,
    arguments: &Arguments,
) -> Result<Owned, Fault> {
    let server = Server::current();
    let options = arguments.options(method, first, server)?;
    let response = arguments.response.response(method, first + 3, first + 9)?;
    let on_limit = arguments.limit.on_limit(method, first + 8)?;
    let limit = arguments.limit.limit(method, first + 5, on_limit)?;
    let given_id = LastEventId::new(arguments.last_event_id.as_ref(), method, first + 7)?;
    let limits = if server.has_response() { hub_settings::limits(limit) } else { Vec::new() };
    refuse_second(method, server)?;
    let asked = Asked { method, server, on_limit, allow_origin: &response.allow_origin };
    let (lease, turned_away) = match asked.admit(given_id.get(), &limits)? {
        Admission::Let(lease) => (lease, None),
        Admission::TurnedAway(retry) => (None, Some(retry)),
    };
    let options = Options { retry: turned_away.or(options.retry), ..options };
    let advice = "call it before any output, or send the headers of Sse::headers()";
    let taken =
        take_over(server, &response.wanted()).map_err(|error| not_taken(method, advice, error))?;
    if taken == Taken::Answered {
        engine::exit_script();
        return Err(Fault::Pending);
    }
    end_previous()?;
    let connection = connect(server, taken, &options)?;
    // Read only now: sending the head may have run code of the script's.
    let id = given_id.or_else(request::last_event_id);
    let object = create(server, connection, &options, id.as_deref(), limits, lease);
    make_current(&object, server);
    begin(&object, taken, id.as_deref())?;
    if turned_away.is_some() {
        native(&object).map_or(Ok(()), Sse::end)?;
        engine::exit_script();
        return Err(Fault::Pending);
    }
    Ok(object)
}

/// Opens the connection that the response is written to; one without a body has none.
fn connect(server: Server, taken: Taken, options: &Options) -> Result<PhpConnection, Fault> {
    if taken == Taken::HeadOnly {
        return Ok(PhpConnection::none(server));
    }
    Ok(PhpConnection::open(server, &WireOptions::from_settings(options.heartbeat))?)
}

/// Makes this the stream of the request, whose output belongs to the code that opened it.
fn make_current(object: &Owned, server: Server) {
    current::set(Owned::shared(object));
    if server.has_response()
        && let Some(object) = object.object()
    {
        ownership::note_opener(object);
    }
}

/// Sends the first bytes; a response without a body ends here.
fn begin(object: &Owned, taken: Taken, last_event_id: Option<&str>) -> Result<(), Fault> {
    let Some(sse) = native(object) else { return Ok(()) };
    if taken == Taken::HeadOnly {
        return sse.end();
    }
    sse.stream.begin(last_event_id.and_then(|id| EventId::new(id.as_bytes()).ok()))?;
    Ok(())
}

/// Makes the previous stream run the callbacks that it could not run when it stopped.
fn end_previous() -> Result<(), Fault> {
    let previous = current::get();
    previous.as_deref().and_then(native).map_or(Ok(()), Sse::end)
}

fn create(
    server: Server,
    connection: PhpConnection,
    options: &Options,
    last_event_id: Option<&str>,
    limits: Vec<Limit>,
    lease: Option<Lease>,
) -> Owned {
    let stream = Stream::new(connection, options, jitter());
    let started_at = engine::here();
    let mut native = ZendClassObject::new(Sse {
        stream,
        server,
        options: *options,
        limits,
        lease: Cell::new(lease),
        lease_is_lost: Cell::default(),
        position: Cell::new(None),
        opened: Instant::now(),
        started_at,
        sent_reset: Cell::default(),
        follows: Cell::default(),
        callbacks: RefCell::default(),
    });
    let id = last_event_id.map_or_else(Owned::default, |id| {
        let mut value = Owned::default();
        value.set_zend_string(ZendStr::new(id, false));
        value
    });
    engine::set_property(&mut native.std, Sse::get_metadata().ce(), "lastEventId", &id);
    native.into_zval(false).unwrap_or_default().into()
}

/// Refuses a second stream: only one may be open, and a response can be only one.
fn refuse_second(method: &str, server: Server) -> Result<(), Fault> {
    if let Some(reason) = refusal::reason(server) {
        return Err(Fault::wrong_moment(format!("{method}(): {reason}")));
    }
    if current::is_ending() {
        return Err(Fault::wrong_moment(format!("{method}(): the request is ending")));
    }
    if let Some((file, line)) = current::stopped_at().filter(|_| server.has_response()) {
        let message =
            format!("{method}(): Sse::stop() has answered this request in {file} on line {line}");
        return Err(Fault::wrong_moment(message));
    }
    let is_held = current::is_held();
    let Some(object) = current::get() else { return Ok(()) };
    let Some(sse) = native(&object) else { return Ok(()) };
    if !is_held && !server.has_response() {
        // Nobody can send to it any more: it is closed when the next one opens.
        return Ok(());
    }
    let (file, line) = &sse.started_at;
    // Asks the stream itself: in a forked child, its parent's stream is closed.
    if sse.is_running() {
        let message =
            format!("{method}(): a stream is open already, started in {file} on line {line}");
        return Err(Fault::wrong_moment(message));
    }
    if server.has_response() {
        let message = format!(
            "{method}(): this response was a stream already, started in {file} on line {line}"
        );
        return Err(Fault::wrong_moment(message));
    }
    Ok(())
}

pub(super) fn refuse_reconnection() -> Result<(), Fault> {
    let server = Server::current();
    refuse_second("Sse::stop", server)?;
    takeover::answer_no_content(server, &settings::allow_origin())
        .map_err(|error| not_taken("Sse::stop", "call it before any output", error))?;
    current::note_stop(engine::here());
    Ok(())
}

pub(super) fn stream_source(
    source: &Zval,
    interval: &WithDefault<f64>,
    event: Option<&Text>,
    changes: &WithDefault<bool>,
    arguments: &Arguments,
) -> Result<bool, Fault> {
    if !source.is_callable() && !source.is_iterable() {
        return Err(Argument("Sse::stream", 1, "source")
            .type_error("of type Traversable|callable|array", source));
    }
    let at = Argument("Sse::stream", 2, "interval");
    let interval = match interval {
        WithDefault::Passed(value) => duration(value, at)?,
        WithDefault::Default(length) => seconds(*length).map_err(|error| at.value_error(error))?,
    };
    let at = Argument("Sse::stream", 3, "event");
    let event = given(event.map(|argument| argument.0));
    let event = event.map(|event| bytes(event, at, "of type ?string")).transpose()?;
    event.as_ref().map(|event| event_type(event, at)).transpose()?;
    let changes = match changes {
        WithDefault::Passed(value) => {
            bool(value, Argument("Sse::stream", 14, "changes"), "of type bool")?
        }
        WithDefault::Default(changes) => *changes,
    };
    let object = open("Sse::stream", 4, arguments)?;
    let Some(sse) = native(&object) else { return Ok(false) };
    Source { value: source, object: &object, interval, event: event.as_deref(), changes }.run(sse)
}

pub(super) fn header_list(arguments: &ResponseArguments) -> Result<Vec<(String, String)>, Fault> {
    let response = arguments.response("Sse::headers", 1, 3)?;
    let server = Server::current();
    let mut ours = response_headers(server, &response.allow_origin);
    ours.extend(negotiation::promise(server, response.compression.as_ref()));
    head::note_asked();
    let all = merged(ours, response.headers).into_iter();
    Ok(all.map(|header| (header.name.into_owned(), header.value.into_owned())).collect())
}

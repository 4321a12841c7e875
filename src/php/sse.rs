//! `Sse`: the event stream of a request.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use event_stream::{Comment, Event};
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendStr, Zval};

use super::arguments::{At, Callback, Float, Given, Int, List, Text, Walkable};
use super::arguments::{bytes, bytes_or_int, float, given, int, retry, type_name};
use super::event::Bytes;
use super::exception::SseException;
use super::fault::{Fault, answer};
use super::options::{Arguments, Empty, ResponseArguments};
use super::payload::{Fields, Payload};
use super::source::Source;
use super::stop_reason::SseStopReason;
use super::{current, doctor};
use crate::sapi::declare::{ReadOnly, Refinement, types};
use crate::sapi::engine::{self, Caught, guarded};
use crate::sapi::streams;
use crate::sapi::takeover::{self, NotTaken, Taken, response_headers, take_over};
use crate::sapi::value::{callable_error, takes_argument, walk};
use crate::sapi::{PhpConnection, Server, Wishes, output, request};
use crate::stream::{Options, StopReason, Stream, last_event_id, merged, seconds};

/// The event stream of a request.
#[php_class]
#[php(name = "Sse")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Sse {
    stream: Stream<PhpConnection>,
    server: Server,
    started_at: (String, u32),
    /// Callbacks that have not run yet.
    callbacks: RefCell<VecDeque<Zval>>,
}

pub(super) const PROPERTIES: [ReadOnly; 1] =
    [ReadOnly { name: "lastEventId", types: types::STRING | types::NULL }];

const STRING_ARRAY_OR_NULL: u32 = types::STRING | types::ARRAY | types::NULL;
const STRING_INT_OR_NULL: u32 = types::STRING | types::INT | types::NULL;

const fn refine(method: &'static str, parameter: u32, types: u32) -> Refinement {
    Refinement { method, parameter: Some(parameter), types, default: None }
}

pub(super) const REFINEMENTS: [Refinement; 12] = [
    refine("start", 3, STRING_ARRAY_OR_NULL),
    refine("start", 4, types::ARRAY),
    refine("stream", 0, types::CALLABLE | types::ARRAY),
    refine("stream", 1, types::FLOAT),
    refine("stream", 6, STRING_ARRAY_OR_NULL),
    refine("stream", 7, types::ARRAY),
    refine("headers", 0, STRING_ARRAY_OR_NULL),
    refine("headers", 1, types::ARRAY),
    refine("encode", 2, STRING_INT_OR_NULL),
    refine("send", 2, STRING_INT_OR_NULL),
    refine("comment", 0, types::STRING),
    Refinement { method: "onClose", parameter: None, types: types::STATIC, default: None },
];

const NO_TEXT: &str = "";

/// An `Sse` object, declared as one.
pub(super) struct SseObject(Zval);

impl IntoZval for SseObject {
    const TYPE: DataType = DataType::object("Sse");
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *value = self.0;
        Ok(())
    }
}

#[php_impl]
#[expect(clippy::needless_pass_by_value, reason = "the macro hands arguments over by value")]
impl Sse {
    /// Opens the event stream of this request.
    #[php(vis = "private")]
    fn __construct() -> PhpResult<Self> {
        answer(Err(Fault::wrong_moment("Sse objects come from Sse::start()".into())))
    }

    /// Opens the event stream of this request.
    #[php(defaults(headers = Empty), optional = heartbeat)]
    fn start(
        heartbeat: Option<Float>,
        retry: Option<Int>,
        max_lifetime: Option<Float>,
        allow_origin: Option<&Zval>,
        headers: Given<Empty>,
    ) -> PhpResult<SseObject> {
        let response = ResponseArguments { allow_origin, headers };
        let arguments = Arguments { heartbeat, retry, max_lifetime, response };
        answer(open("Sse::start", 1, &arguments).map(SseObject))
    }

    /// A whole stream in one call.
    #[php(defaults(interval = 1.0, headers = Empty), optional = interval)]
    #[expect(clippy::too_many_arguments, reason = "scripts name those they give")]
    fn stream(
        source: Walkable,
        interval: Given<f64>,
        event: Option<Text>,
        heartbeat: Option<Float>,
        retry: Option<Int>,
        max_lifetime: Option<Float>,
        allow_origin: Option<&Zval>,
        headers: Given<Empty>,
    ) -> PhpResult<bool> {
        let response = ResponseArguments { allow_origin, headers };
        let arguments = Arguments { heartbeat, retry, max_lifetime, response };
        answer(stream_source(source.0, &interval, event.as_ref(), &arguments))
    }

    /// The stream of this request.
    fn current() -> Option<SseObject> {
        current::get().map(SseObject)
    }

    /// What `$lastEventId` will hold, without opening a stream.
    fn last_event_id() -> Option<String> {
        claimed_last_event_id()
    }

    /// The response headers of an event stream by name.
    #[php(defaults(headers = Empty), optional = allow_origin)]
    fn headers(
        allow_origin: Option<&Zval>,
        headers: Given<Empty>,
    ) -> PhpResult<Vec<(String, String)>> {
        let arguments = ResponseArguments { allow_origin, headers };
        answer(header_list(&arguments))
    }

    /// One event as it stands in an event stream.
    fn encode(
        data: &Zval,
        event: Option<Text>,
        id: Option<&Zval>,
        retry: Option<Int>,
        comment: Option<Text>,
    ) -> PhpResult<Bytes> {
        let fields = fields("Sse::encode", event.as_ref(), id, retry.as_ref());
        answer(fields.and_then(|fields| encode(data, &fields, comment.as_ref())).map(Bytes))
    }

    /// Answers 204 No Content.
    fn stop() -> PhpResult<()> {
        answer(refuse_reconnection())
    }

    /// Sends one event.
    fn send(
        &self,
        data: &Zval,
        event: Option<Text>,
        id: Option<&Zval>,
        retry: Option<Int>,
    ) -> PhpResult<bool> {
        if let (Some(data), None, None, None) = (data.zend_str(), &event, id, &retry) {
            // Most events are only a string; what follows comes to the same.
            return answer(self.emit_data(data.as_bytes()));
        }
        let fields = fields("Sse::send", event.as_ref(), id, retry.as_ref());
        answer(fields.and_then(|fields| self.emit(data, At("Sse::send", 1, "data"), &fields)))
    }

    /// Sends several events with one write.
    fn send_many(&self, events: Walkable) -> PhpResult<bool> {
        answer(self.emit_all(events.0))
    }

    /// Sends a comment.
    #[php(defaults(text = NO_TEXT))]
    fn comment(&self, text: Given<&'static str>) -> PhpResult<bool> {
        answer(self.write_comment(&text))
    }

    /// Tells the client how long to wait before it reconnects.
    fn retry(&self, milliseconds: Int) -> PhpResult<bool> {
        answer(self.write_retry(&milliseconds))
    }

    /// Waits, and keeps the connection alive meanwhile.
    fn wait(&self, seconds: Float, read: Option<List>) -> PhpResult<bool> {
        answer(self.wait_for(seconds.0, given(read.map(|read| read.0))))
    }

    /// Whether events can still be sent.
    fn is_open(&self) -> PhpResult<bool> {
        self.stream.connection().probe();
        answer(self.settle(self.is_running()))
    }

    /// Why the stream has stopped.
    fn stop_reason(&self) -> Option<SseStopReason> {
        self.is_running();
        self.reason().map(SseStopReason::from)
    }

    /// Runs a callback when the stream stops.
    fn on_close(self_: &mut ZendClassObject<Sse>, callback: Callback) -> PhpResult<SseObject> {
        let mut object = Zval::new();
        object.set_object(&mut self_.std);
        answer(self_.keep_callback(callback.0).map(|()| SseObject(object)))
    }

    /// Ends the stream.
    fn close(&self, data: Option<&Zval>, event: Option<Text>) -> PhpResult<()> {
        answer(self.close_with(data, event.as_ref()))
    }

    /// What stands between the script and the browser, and what to change.
    fn doctor() -> PhpResult<Vec<(String, Zval)>> {
        let current = current::get();
        let way = current
            .as_ref()
            .and_then(current::native)
            .map(|sse| sse.stream.connection().describe());
        answer(Ok(doctor::report(way)))
    }
}

impl Sse {
    /// Sends the event that a value stands for.
    fn emit(&self, value: &Zval, at: At, fields: &Fields) -> Result<bool, Fault> {
        self.emit_payload(&Payload::new(value, at)?, at, fields)
    }

    fn emit_data(&self, data: &[u8]) -> Result<bool, Fault> {
        self.check_overstay()?;
        let event = Event { data: Some(data), ..Event::default() };
        let open = self.stream.send(&[event], Instant::now())?;
        self.settle(open)
    }

    /// Sends an event.
    pub(super) fn emit_payload(
        &self,
        payload: &Payload,
        at: At,
        fields: &Fields,
    ) -> Result<bool, Fault> {
        let event = fields.over(payload.event(at)?)?;
        self.check_overstay()?;
        let open = self.stream.send(&[event], Instant::now())?;
        self.settle(open)
    }

    fn emit_all(&self, events: &Zval) -> Result<bool, Fault> {
        let at = At("Sse::sendMany", 1, "events");
        if !events.is_iterable() {
            return Err(at.type_error("of type Traversable|array", events));
        }
        // The stream's own buffer would be in use while the events' own code runs, which may send.
        let mut frames = Vec::with_capacity(4096);
        walk(events, |value| {
            Payload::new(&value, at)?.event(at)?.encode_into(&mut frames);
            Ok::<_, Fault>(true)
        })?;
        Fault::if_pending()?;
        self.check_overstay()?;
        let open = self.stream.send_frames(frames, Instant::now())?;
        self.settle(open)
    }

    fn write_comment(&self, text: &Given<&'static str>) -> Result<bool, Fault> {
        let at = At("Sse::comment", 1, "text");
        let text = match text {
            Given::Passed(value) => bytes(value, at, "of type string")?,
            Given::Default(text) => Cow::Borrowed(text.as_bytes()),
        };
        self.check_overstay()?;
        let open = self.stream.comment(Comment::new(&text), Instant::now())?;
        self.settle(open)
    }

    fn write_retry(&self, milliseconds: &Int) -> Result<bool, Fault> {
        let at = At("Sse::retry", 1, "milliseconds");
        let time = retry(int(milliseconds.0, at, "of type int")?, at)?;
        let event = Event { retry: Some(time), ..Event::default() };
        let open = self.stream.send(&[event], Instant::now())?;
        self.settle(open)
    }

    fn wait_for(&self, length: &Zval, read: Option<&Zval>) -> Result<bool, Fault> {
        let length = duration(length, At("Sse::wait", 1, "seconds"))?;
        let Some(read) = read else { return self.pause(length) };
        let (descriptors, unread) = sources(read)?;
        let connection = self.stream.connection();
        connection.watch_sources(descriptors);
        let open = self.pause(if unread { Duration::ZERO } else { length });
        connection.watch_sources(Vec::new());
        open
    }

    /// Waits; answers whether the stream is open.
    pub(super) fn pause(&self, length: Duration) -> Result<bool, Fault> {
        self.check_overstay()?;
        self.stream.connection().probe();
        let open = self.stream.wait(length, Instant::now())?;
        self.settle(open)
    }

    /// Whether the stream is open.
    pub(super) fn is_running(&self) -> bool {
        self.stream.is_open(Instant::now())
    }

    /// Why the stream has stopped.
    pub(super) fn reason(&self) -> Option<StopReason> {
        self.stream.stop_reason()
    }

    fn close_with(&self, data: Option<&Zval>, event: Option<&Text>) -> Result<(), Fault> {
        let (data, event) = (given(data), given(event.map(|argument| argument.0)));
        if data.is_some() || event.is_some() {
            let mut empty = Zval::new();
            empty.set_zend_string(ZendStr::new("", false));
            let at = At("Sse::close", 1, "data");
            let event = event
                .map(|event| {
                    let at = At("Sse::close", 2, "event");
                    Ok::<_, Fault>((bytes(event, at, "of type ?string")?, at))
                })
                .transpose()?;
            let payload = Payload::new(data.unwrap_or(&empty), at)?;
            let fields = Fields { event, ..Fields::default() };
            let event = fields.over(payload.event(at)?)?;
            self.stream.say_farewell(&event, Instant::now())?;
        }
        self.end()
    }

    /// Closes the stream, and runs its callbacks. What the script outputs after that is no part of
    /// the response any more.
    pub(super) fn end(&self) -> Result<(), Fault> {
        self.stream.close(Instant::now());
        let settled = self.settle(());
        self.stream.connection().finish();
        if self.server.has_response() {
            output::disable();
        }
        settled
    }

    /// Closes the stream when the request ends. Nothing may come out of it: other extensions have
    /// their own ends to make.
    pub(super) fn end_with_request(&self) {
        // Each round runs one callback at least, and ends at one that fails.
        let rounds = self.callbacks.borrow().len();
        for _ in 0..=rounds {
            if self.end().is_ok() {
                break;
            }
            engine::discard_exit();
        }
    }

    fn keep_callback(&self, callback: &Zval) -> Result<(), Fault> {
        let at = At("Sse::onClose", 1, "callback");
        if let Some(error) = callable_error(callback) {
            return Err(Fault::type_error(format!("{at} must be a valid callback, {error}")));
        }
        // A closure of it: what is callable here may be private where it will be called.
        let closure = engine::call("Closure::fromCallable", vec![callback])?;
        Fault::if_pending()?;
        self.callbacks.borrow_mut().extend(closure);
        self.settle(())
    }

    /// Passes an answer on, after the callbacks ran if the stream has stopped. All of them run;
    /// the first exception among them surfaces.
    fn settle<T>(&self, open: T) -> Result<T, Fault> {
        let Some(reason) = self.reason() else { return Ok(open) };
        // On the way out nothing can be called: callbacks then run when the request ends.
        Fault::if_pending()?;
        let mut first = None;
        while let Some(callback) = self.next_callback() {
            run_callback(&callback, reason)?;
            first = match (first, Caught::take()) {
                (Some(first), Some(later)) => Some(Caught::followed_by(first, later)),
                (first, later) => first.or(later),
            };
            // An exit cannot be taken.
            Fault::if_pending()?;
        }
        if let Some(first) = first {
            first.rethrow();
            return Err(Fault::Pending);
        }
        Ok(open)
    }

    fn next_callback(&self) -> Option<Zval> {
        self.callbacks.borrow_mut().pop_front()
    }

    /// Ends a script that goes on long after its client has left, as PHP itself would.
    fn check_overstay(&self) -> Result<(), Fault> {
        let ends = self.reason() == Some(StopReason::ClientGone)
            && self.server.has_response()
            && !output::ignores_user_abort()
            && self.stream.has_outstayed_client(Instant::now());
        if ends {
            engine::exit_script();
            return Err(Fault::Pending);
        }
        Ok(())
    }
}

fn run_callback(callback: &Zval, reason: StopReason) -> Result<(), Fault> {
    guarded(|| {
        let reason = SseStopReason::from(reason).into_zval(false);
        // What it throws stays pending.
        if let (Ok(callable), Ok(reason)) = (ZendCallable::new(callback), reason) {
            let _ =
                callable.try_call(if takes_argument(callback) { vec![&reason] } else { vec![] });
        }
    })?;
    Ok(())
}

/// Throws out of a script that asked to be interrupted when its client leaves (`sse.interrupt`).
pub(super) fn throw_client_gone() {
    PhpException::new("The client has left".into(), 0, SseException::class()).throw();
}

/// Opens the stream of this request; `first` is the number of the first option of `method`.
fn open(method: &'static str, first: u32, arguments: &Arguments) -> Result<Zval, Fault> {
    let server = Server::current();
    let options = arguments.options(method, first, server)?;
    let response = arguments.response.response(method, first + 3)?;
    refuse_second(method, server)?;
    let advice = "call it before any output, or send the headers of Sse::headers()";
    let taken = take_over(server, &response.allow_origin, &response.headers)
        .map_err(|error| not_taken(method, advice, error))?;
    if taken == Taken::Answered {
        engine::exit_script();
        return Err(Fault::Pending);
    }
    let connection = match taken {
        Taken::HeadOnly => PhpConnection::none(server),
        _ => PhpConnection::open(server, &Wishes::from_settings(options.heartbeat))?,
    };
    end_previous()?;
    let object = create(server, connection, &options);
    current::set(object.shallow_clone());
    if let Some(sse) = current::native(&object) {
        if taken == Taken::HeadOnly {
            sse.end()?;
        } else {
            sse.stream.begin(&options, Instant::now())?;
        }
    }
    Ok(object)
}

/// Lets the stream before run the callbacks that it could not run when it stopped.
fn end_previous() -> Result<(), Fault> {
    let previous = current::get();
    previous.as_ref().and_then(current::native).map_or(Ok(()), Sse::end)
}

fn create(server: Server, connection: PhpConnection, options: &Options) -> Zval {
    let stream = Stream::new(connection, options, Instant::now(), luck());
    let started_at = engine::here();
    let mut native =
        ZendClassObject::new(Sse { stream, server, started_at, callbacks: RefCell::default() });
    let id = claimed_last_event_id().map_or(Zval::null(), |id| {
        let mut value = Zval::new();
        value.set_zend_string(ZendStr::new(id, false));
        value
    });
    engine::set_property(&mut native.std, Sse::get_metadata().ce(), "lastEventId", id);
    let mut object = Zval::new();
    object.set_object(&mut native.std);
    object
}

/// A random number from 0 to 1.
fn luck() -> f64 {
    // Half of the bits are enough, and convert without loss.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is as random as the whole")]
    let half = RandomState::new().hash_one(0) as u32;
    f64::from(half) / f64::from(u32::MAX)
}

/// One stream at a time; and where there is a response, one in all.
fn refuse_second(method: &str, server: Server) -> Result<(), Fault> {
    if let Some((file, line)) = current::stopped_at().filter(|_| server.has_response()) {
        let message =
            format!("{method}(): Sse::stop() has answered this request in {file} on line {line}");
        return Err(Fault::wrong_moment(message));
    }
    let Some(object) = current::get() else { return Ok(()) };
    let Some(sse) = current::native(&object) else { return Ok(()) };
    let (file, line) = &sse.started_at;
    if sse.reason().is_none() {
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

fn refuse_reconnection() -> Result<(), Fault> {
    let server = Server::current();
    refuse_second("Sse::stop", server)?;
    takeover::answer_no_content(server)
        .map_err(|error| not_taken("Sse::stop", "call it before any output", error))?;
    current::note_stop(engine::here());
    Ok(())
}

fn not_taken(method: &str, advice: &str, error: NotTaken) -> Fault {
    match error {
        NotTaken::OutputBegan { what, place } => Fault::wrong_moment(format!(
            "{method}(): output has begun{place}, with {what}; {advice}"
        )),
        NotTaken::Pending => Fault::Pending,
        NotTaken::Interrupted(interrupted) => Fault::Interrupted(interrupted),
    }
}

fn stream_source(
    source: &Zval,
    interval: &Given<f64>,
    event: Option<&Text>,
    arguments: &Arguments,
) -> Result<bool, Fault> {
    if !source.is_callable() && !source.is_iterable() {
        return Err(
            At("Sse::stream", 1, "source").type_error("of type Traversable|callable|array", source)
        );
    }
    let at = At("Sse::stream", 2, "interval");
    let interval = match interval {
        Given::Passed(value) => duration(value, at)?,
        Given::Default(length) => seconds(*length).map_err(|error| at.value_error(error))?,
    };
    let at = At("Sse::stream", 3, "event");
    let event = given(event.map(|argument| argument.0));
    let event = event.map(|event| bytes(event, at, "of type ?string")).transpose()?;
    event.as_ref().map(|event| super::arguments::event_type(event, at)).transpose()?;
    let object = open("Sse::stream", 4, arguments)?;
    let Some(sse) = current::native(&object) else { return Ok(false) };
    Source { value: source, object: &object, interval, event: event.as_deref() }.run(sse)
}

/// The descriptors of PHP streams, and whether one of them has bytes that PHP has read already.
fn sources(read: &Zval) -> Result<(Vec<RawFd>, bool), Fault> {
    let at = At("Sse::wait", 2, "read");
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
        let descriptor = streams::descriptor(stream)?;
        Fault::if_pending()?;
        let problem = "must be streams that can be waited for";
        descriptors.push(descriptor.ok_or_else(|| at.value_error(problem))?);
        unread |= streams::has_unread(stream)?;
    }
    Ok((descriptors, unread))
}

fn duration(value: &Zval, at: At) -> Result<Duration, Fault> {
    let number = float(value, at, "of type float")?;
    seconds(number).map_err(|error| at.value_error(error))
}

fn fields<'a>(
    method: &'static str,
    event: Option<&Text<'a>>,
    id: Option<&'a Zval>,
    milliseconds: Option<&Int<'a>>,
) -> Result<Fields<'a>, Fault> {
    let event = given(event.map(|argument| argument.0)).map(|event| {
        let at = At(method, 2, "event");
        Ok::<_, Fault>((bytes(event, at, "of type ?string")?, at))
    });
    let id = given(id).map(|id| {
        let at = At(method, 3, "id");
        Ok::<_, Fault>((bytes_or_int(id, at)?, at))
    });
    let time = given(milliseconds.map(|argument| argument.0)).map(|milliseconds| {
        let at = At(method, 4, "retry");
        retry(int(milliseconds, at, "of type ?int")?, at)
    });
    Ok(Fields { event: event.transpose()?, id: id.transpose()?, retry: time.transpose()? })
}

fn encode(value: &Zval, fields: &Fields, comment: Option<&Text>) -> Result<Vec<u8>, Fault> {
    let at = At("Sse::encode", 5, "comment");
    let comment = given(comment.map(|argument| argument.0));
    let comment = comment.map(|text| bytes(text, at, "of type ?string")).transpose()?;
    let at = At("Sse::encode", 1, "data");
    let payload = Payload::new(value, at)?;
    let event = fields.over(payload.event(at)?)?;
    let event = Event { comment: comment.as_deref().or(event.comment), ..event };
    let mut frame = Vec::new();
    event.encode_into(&mut frame);
    Ok(frame)
}

fn header_list(arguments: &ResponseArguments) -> Result<Vec<(String, String)>, Fault> {
    let response = arguments.response("Sse::headers", 1)?;
    let ours = response_headers(Server::current(), &response.allow_origin);
    let all = merged(ours, response.headers).into_iter();
    Ok(all.map(|header| (header.name.into_owned(), header.value.into_owned())).collect())
}

fn claimed_last_event_id() -> Option<String> {
    let claimed = request::server_variable("HTTP_LAST_EVENT_ID")
        .or_else(|| request::query_parameter("lastEventId"))
        .or_else(|| request::query_parameter("last_event_id"))?;
    last_event_id(&claimed).map(str::to_owned)
}

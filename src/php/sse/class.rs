//! The methods of `Sse`: each parses its arguments, makes one call, and converts the answer.

use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};

use super::object::{Sse, SseObject, native};
use super::opening::{header_list, open, refuse_reconnection, stream_source};
use super::publishing::{publish, status};
use super::sending::{encode, fields};
use crate::php::arguments::{
    Argument, Callback, Float, Int, Iterable, List, Text, WithDefault, given,
};
use crate::php::bytes::Bytes;
use crate::php::fault::{Fault, into_php};
use crate::php::options::{
    Arguments, Empty, LastEventId, LimitArguments, OnLimit, ResponseArguments,
};
use crate::php::stop_reason::SseStopReason;
use crate::php::{current, doctor};
use crate::sapi::response::request;
use crate::zend::class::{Refinement, types};
use crate::zend::engine::{self, Owned};
use crate::zend::fast_method::FastMethod;

const STRING_ARRAY_OR_NULL: u32 = types::STRING | types::ARRAY | types::NULL;
const COMPRESS: u32 = types::BOOL | types::STRING | types::ARRAY | types::NULL;
const STRING_INT_OR_NULL: u32 = types::STRING | types::INT | types::NULL;

const fn refine(method: &'static str, parameter: &'static str, types: u32) -> Refinement {
    Refinement { method, parameter: Some(parameter), types, default: None }
}

pub(in crate::php) const REFINEMENTS: [Refinement; 24] = [
    refine("start", "allowOrigin", STRING_ARRAY_OR_NULL),
    refine("start", "headers", types::ARRAY),
    refine("start", "onLimit", types::STRING),
    refine("start", "compress", COMPRESS),
    refine("stream", "source", types::CALLABLE | types::ARRAY),
    refine("stream", "interval", types::FLOAT),
    refine("stream", "allowOrigin", STRING_ARRAY_OR_NULL),
    refine("stream", "headers", types::ARRAY),
    refine("stream", "onLimit", types::STRING),
    refine("stream", "compress", COMPRESS),
    refine("stream", "changes", types::BOOL),
    refine("headers", "allowOrigin", STRING_ARRAY_OR_NULL),
    refine("headers", "headers", types::ARRAY),
    refine("headers", "compress", COMPRESS),
    refine("encode", "id", STRING_INT_OR_NULL),
    refine("send", "id", STRING_INT_OR_NULL),
    refine("sendChanges", "event", types::STRING | types::NULL),
    refine("sendChanges", "id", STRING_INT_OR_NULL),
    refine("comment", "text", types::STRING),
    refine("publish", "topics", types::STRING | types::ARRAY),
    refine("subscribe", "topics", types::STRING | types::ARRAY),
    refine("subscribe", "handOff", types::BOOL),
    Refinement { method: "status", parameter: None, types: types::ARRAY, default: None },
    Refinement { method: "onClose", parameter: None, types: types::STATIC, default: None },
];

const NO_TEXT: &str = "";

/// The event type of patches, unless the script says another.
const PATCH: &str = "patch";

/// Sends an event without options the fast way: most events are only a string.
impl FastMethod for Sse {
    const METHOD: &'static str = "send";

    fn call(&self, data: &[u8]) -> PhpResult<bool> {
        into_php(self.emit_data(data))
    }
}

#[php_impl]
#[expect(clippy::needless_pass_by_value, reason = "the macro hands arguments over by value")]
impl Sse {
    /// Opens the event stream of this request.
    #[php(vis = "private")]
    fn __construct() -> PhpResult<Self> {
        into_php(Err(Fault::wrong_moment("Sse objects come from Sse::start()".into())))
    }

    /// Opens the event stream of this request.
    #[php(defaults(headers = Empty, on_limit = OnLimit::REFUSE), optional = heartbeat)]
    #[expect(clippy::too_many_arguments, reason = "scripts name those they give")]
    fn start(
        heartbeat: Option<Float>,
        retry: Option<Int>,
        max_lifetime: Option<Float>,
        allow_origin: Option<&Zval>,
        headers: WithDefault<Empty>,
        limit_key: Option<Text>,
        limit: Option<Int>,
        last_event_id: Option<Text>,
        on_limit: WithDefault<&'static str>,
        compress: Option<&Zval>,
    ) -> PhpResult<SseObject> {
        let response = ResponseArguments { allow_origin, headers, compress };
        let limit = LimitArguments { key: limit_key, limit, on_limit };
        let arguments =
            Arguments { heartbeat, retry, max_lifetime, response, limit, last_event_id };
        into_php(open("Sse::start", 1, &arguments).map(SseObject))
    }

    /// A whole stream in one call.
    #[php(
        defaults(interval = 1.0, headers = Empty, on_limit = OnLimit::REFUSE, changes = false),
        optional = interval
    )]
    #[expect(clippy::too_many_arguments, reason = "scripts name those they give")]
    fn stream(
        source: Iterable,
        interval: WithDefault<f64>,
        event: Option<Text>,
        heartbeat: Option<Float>,
        retry: Option<Int>,
        max_lifetime: Option<Float>,
        allow_origin: Option<&Zval>,
        headers: WithDefault<Empty>,
        limit_key: Option<Text>,
        limit: Option<Int>,
        last_event_id: Option<Text>,
        on_limit: WithDefault<&'static str>,
        compress: Option<&Zval>,
        changes: WithDefault<bool>,
    ) -> PhpResult<bool> {
        let response = ResponseArguments { allow_origin, headers, compress };
        let limit = LimitArguments { key: limit_key, limit, on_limit };
        let arguments =
            Arguments { heartbeat, retry, max_lifetime, response, limit, last_event_id };
        into_php(stream_source(source.0, &interval, event.as_ref(), &changes, &arguments))
    }

    /// The stream of this request.
    fn current() -> Option<SseObject> {
        current::get().map(SseObject)
    }

    /// Returns the last event ID of the request, without opening a stream.
    fn last_event_id() -> Option<String> {
        request::last_event_id()
    }

    /// The response headers of an event stream by name.
    #[php(defaults(headers = Empty), optional = allow_origin)]
    fn headers(
        allow_origin: Option<&Zval>,
        headers: WithDefault<Empty>,
        compress: Option<&Zval>,
    ) -> PhpResult<Vec<(String, String)>> {
        let arguments = ResponseArguments { allow_origin, headers, compress };
        into_php(header_list(&arguments))
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
        into_php(fields.and_then(|fields| encode(data, &fields, comment.as_ref())).map(Bytes))
    }

    /// Answers 204 No Content.
    fn stop() -> PhpResult<()> {
        into_php(refuse_reconnection())
    }

    /// Sends one event.
    fn send(
        &self,
        data: &Zval,
        event: Option<Text>,
        id: Option<&Zval>,
        retry: Option<Int>,
    ) -> PhpResult<bool> {
        let fields = fields("Sse::send", event.as_ref(), id, retry.as_ref());
        into_php(
            fields.and_then(|fields| self.emit(data, Argument("Sse::send", 1, "data"), &fields)),
        )
    }

    /// Sends what has changed of a state.
    #[php(defaults(event = PATCH), optional = event)]
    fn send_changes(
        &self,
        state: &Zval,
        event: WithDefault<&'static str>,
        id: Option<&Zval>,
    ) -> PhpResult<bool> {
        into_php(self.send_changes_of(state, &event, id))
    }

    /// Sends several events with one write.
    fn send_many(&self, events: Iterable) -> PhpResult<bool> {
        into_php(self.emit_all(events.0))
    }

    /// Sends a comment.
    #[php(defaults(text = NO_TEXT))]
    fn comment(&self, text: WithDefault<&'static str>) -> PhpResult<bool> {
        into_php(self.write_comment(&text))
    }

    /// Tells the client how long to wait before it reconnects.
    fn retry(&self, milliseconds: Int) -> PhpResult<bool> {
        into_php(self.write_retry(&milliseconds))
    }

    /// Waits, and keeps the connection alive meanwhile.
    fn wait(&self, seconds: Float, read: Option<List>) -> PhpResult<bool> {
        into_php(self.wait_for(seconds.0, given(read.map(|read| read.0))))
    }

    /// True if events can still be sent.
    fn is_open(&self) -> PhpResult<bool> {
        self.stream.connection().probe();
        into_php(self.settle(self.is_running()))
    }

    /// Returns the reason why the stream has stopped.
    fn stop_reason(&self) -> Option<SseStopReason> {
        self.is_running();
        self.reason().map(SseStopReason::from)
    }

    /// Runs a callback when the stream stops.
    fn on_close(self_: &mut ZendClassObject<Sse>, callback: Callback) -> PhpResult<SseObject> {
        let mut object = Owned::default();
        object.set_object(&mut self_.std);
        into_php(self_.keep_callback(callback.0).map(|()| SseObject(object)))
    }

    /// Ends the stream.
    fn close(&self, data: Option<&Zval>, event: Option<Text>) -> PhpResult<()> {
        into_php(self.close_with(data, event.as_ref()))
    }

    /// Publishes an event to everyone who follows one of the topics.
    fn publish(topics: &Zval, data: &Zval, event: Option<Text>) -> PhpResult<String> {
        into_php(publish(topics, data, event.as_ref()))
    }

    /// Goes on with what is published under the topics.
    #[php(defaults(hand_off = true), optional = filter)]
    fn subscribe(
        self_: &mut ZendClassObject<Sse>,
        topics: &Zval,
        filter: Option<Callback>,
        hand_off: WithDefault<bool>,
        last_event_id: Option<Text>,
    ) -> PhpResult<bool> {
        let known = engine::property(&self_.std, "lastEventId").string();
        let filter = filter.as_ref().map(|filter| filter.0);
        let last_event_id = LastEventId::new(last_event_id.as_ref(), "Sse::subscribe", 4);
        into_php(
            last_event_id
                .and_then(|id| self_.subscribe_to(id.or_else(|| known), topics, filter, &hand_off)),
        )
    }

    /// Returns the status of the hub.
    fn status() -> PhpResult<Zval> {
        into_php(status()).map(Owned::give)
    }

    /// Reports what stands between the script and the browser, and what to change.
    fn doctor() -> PhpResult<Vec<(String, Zval)>> {
        let report = {
            let current = current::get();
            let sse = current.as_deref().and_then(native);
            doctor::report(sse.map(|sse| sse.stream.connection()))
        };
        into_php(Ok(report))
    }
}

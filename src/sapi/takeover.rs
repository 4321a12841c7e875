//! Takes the response over: headers, output buffers, session lock, time limit; or answers in its place.

use super::response::{abort, coding, headers, late_head, output, request, session};
use super::server::kind::Server;
use super::settings;
use super::{adoption, head, negotiation};
use crate::stream::{
    AllowOrigin, Bailout, Compression, Header, NOT_FOR_A_STREAM, NoCoding, Preflight,
    is_session_cache_limiter, preflight_headers, stream_headers, unavailable_headers,
};
use crate::zend::engine::{self, is_unwinding};
use crate::zend::ini;

/// The outcome of taking a response over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is an event stream now.
    Stream,
    /// It was a HEAD request: the head is out, and there is no body.
    HeadOnly,
    /// It was an OPTIONS request, and is answered.
    Answered,
}

/// The reason why the response cannot be taken over.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// Output has begun, and it is no event stream.
    OutputBegan {
        /// The response that it is instead, as words.
        what: String,
        /// The file and line where it began, as words.
        place: String,
    },
    /// A save handler of the session threw.
    Pending,
    /// The engine is bailing out.
    Bailout(Bailout),
}

impl From<Bailout> for NotTaken {
    fn from(interrupted: Bailout) -> Self {
        Self::Bailout(interrupted)
    }
}

/// The head that a stream is to have.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The origins that may read it.
    pub(crate) allow_origin: &'a AllowOrigin,
    /// The script's own headers, which win over ours.
    pub(crate) custom: &'a [Header],
    /// The codings that it may have, if the script says so.
    pub(crate) compression: Option<&'a Compression>,
}

/// Makes the response of this request an event stream.
///
/// # Errors
///
/// [`NotTaken`]; then nothing was sent.
pub(crate) fn take_over(server: Server, wanted: &Wanted<'_>) -> Result<Taken, NotTaken> {
    adoption::stand_aside();
    if !server.has_response() {
        return Ok(Taken::Stream);
    }
    if headers::sent() {
        check_sent_headers()?;
    }
    if settings::release_session() {
        session::release()?;
        if is_unwinding() {
            return Err(NotTaken::Pending);
        }
    }
    let method = request::method();
    if method == "OPTIONS" && !headers::sent() {
        answer_options(wanted.allow_origin)?;
        return Ok(Taken::Answered);
    }
    ini::set("max_execution_time", "0");
    log_what_is_displayed();
    if !headers::sent() {
        set_head(server, wanted)?;
    }
    output::buffers_are_taken();
    head::of_stream(|| {
        output::end_buffers()?;
        if headers::sent() { Ok(()) } else { headers::send() }
    })?;
    late_head::forgive();
    if method == "HEAD" {
        output::disable();
        return Ok(Taken::HeadOnly);
    }
    Ok(Taken::Stream)
}

fn set_head(server: Server, wanted: &Wanted<'_>) -> Result<(), Bailout> {
    let coding = negotiation::choose(server, wanted.compression);
    negotiation::switch_compression_off();
    headers::remove(&NOT_FOR_A_STREAM)?;
    headers::set_status(200)?;
    drop_session_cache_limiter()?;
    headers::apply(wanted.custom.to_vec())?;
    headers::apply(response_headers(server, wanted.allow_origin))?;
    headers::apply(coding)
}

/// Has errors go to the log that PHP would display: they are no events.
fn log_what_is_displayed() {
    if ini::is_on(&ini::text(c"display_errors")) {
        ini::set("display_errors", "0");
        ini::set("log_errors", "1");
    }
}

/// Returns the headers of an event stream that answers this request.
pub(crate) fn response_headers(server: Server, allow_origin: &AllowOrigin) -> Vec<Header> {
    let origin = request::server_text("HTTP_ORIGIN");
    // `php -S` closes every connection, and says so itself.
    let keep_alive = server.has_response()
        && server != Server::BuiltIn
        && request::server_text("SERVER_PROTOCOL").as_deref() == Some("HTTP/1.1");
    stream_headers(allow_origin, origin.as_deref(), keep_alive)
}

/// Answers 204 without a body, which tells an `EventSource` not to come back. Without the headers of who may
/// read it, a browser on another site would take it for a failure, and come back.
///
/// # Errors
///
/// [`NotTaken`]; then nothing was sent.
pub(crate) fn answer_no_content(
    server: Server,
    allow_origin: &AllowOrigin,
) -> Result<(), NotTaken> {
    if !server.has_response() {
        return Ok(());
    }
    if headers::sent() {
        return Err(output_began("the response".into()));
    }
    Ok(no_content(reading_headers(server, allow_origin))?)
}

/// Returns those of [`response_headers`] that say who may read the response, whatever it is.
fn reading_headers(server: Server, allow_origin: &AllowOrigin) -> Vec<Header> {
    let mut headers = response_headers(server, allow_origin);
    headers.retain(|it| it.name == "Vary" || it.name.starts_with("Access-Control-"));
    headers
}

/// Answers 503 with a word of explanation, and after how many seconds to try again. An `EventSource` never
/// comes back after it; other clients can, who on another site have to be let read it.
///
/// # Errors
///
/// [`NotTaken`]; then nothing was sent.
pub(crate) fn answer_unavailable(
    server: Server,
    allow_origin: &AllowOrigin,
    why: &[u8],
    retry_after: u64,
) -> Result<(), NotTaken> {
    if headers::sent() {
        return Err(output_began("the response".into()));
    }
    output::discard_buffers()?;
    headers::remove(&NOT_FOR_A_STREAM)?;
    headers::set_status(503)?;
    headers::apply(unavailable_headers(retry_after))?;
    headers::apply(reading_headers(server, allow_origin))?;
    abort::without_abort(|| {
        engine::layer_write(why);
        output::flush();
    })?;
    late_head::forgive();
    output::disable();
    Ok(())
}

fn answer_options(allow_origin: &AllowOrigin) -> Result<(), Bailout> {
    let origin = request::server_text("HTTP_ORIGIN");
    let asked_for = request::server_text("HTTP_ACCESS_CONTROL_REQUEST_HEADERS");
    let preflight = Preflight { origin: origin.as_deref(), headers: asked_for.as_deref() };
    no_content(preflight_headers(allow_origin, preflight))
}

fn no_content(extra: Vec<Header>) -> Result<(), Bailout> {
    output::discard_buffers()?;
    headers::remove(&NOT_FOR_A_STREAM)?;
    headers::remove(&["Content-Type"])?;
    headers::forget_default_content_type();
    headers::set_status(204)?;
    headers::apply(extra)?;
    headers::send()?;
    late_head::forgive();
    output::disable();
    Ok(())
}

/// Accepts a head that is out already, as inside a framework's stream callback, if it is that of a stream.
fn check_sent_headers() -> Result<(), NotTaken> {
    if !headers::is_event_stream() {
        let content_type = headers::get("Content-Type").unwrap_or_else(|| "text/html".into());
        return Err(output_began(format!("Content-Type: {content_type}")));
    }
    if let Some(coding) = headers::coding().filter(|_| coding::is_plain()) {
        return Err(output_began(format!("Content-Encoding: {coding}")));
    }
    if coding::is_plain() {
        coding::note_choice(Err(NoCoding::HeadIsOut));
    }
    match headers::status() {
        200 => Ok(()),
        status => Err(output_began(format!("status {status}, which is no stream to EventSource"))),
    }
}

fn output_began(what: String) -> NotTaken {
    let place = headers::output_started_at()
        .map_or_else(String::new, |(file, line)| format!(" in {file} on line {line}"));
    NotTaken::OutputBegan { what, place }
}

/// Removes the caching headers of `session_start()`: they are not the script's own word, and some of them would have
/// proxies keep the stream.
fn drop_session_cache_limiter() -> Result<(), Bailout> {
    let expire = ini::integer(c"session.cache_expire");
    let is_limiter = headers::get("Cache-Control")
        .is_some_and(|cache_control| is_session_cache_limiter(&cache_control, expire));
    if is_limiter { headers::remove(&["Cache-Control", "Expires", "Pragma"]) } else { Ok(()) }
}

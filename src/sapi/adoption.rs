//! Adopts event streams that other code opens, by setting the content type itself (`sse.adopt = 1`).
//!
//! A hand-written loop, a framework, a library are looked after without a changed line. While the head is open, what
//! keeps proxies from buffering is added. At the script's first flush after it, the response gets a wire: the keeper
//! sends heartbeats and sees the client leave. Not one byte of the script's is altered.

use std::cell::Cell;

use event_stream::LAST_LINE;

use super::connection::{WireOptions, attach_wire};
use super::response::{headers, request};
use super::server::kind::Server;
use super::server::signals;
use super::settings;
use super::{attached, hooks, last_line};
use crate::stream::{StopReason, Tail, seconds};

/// The steps of the adoption of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing is known yet.
    None,
    /// It is not to be adopted: it is a stream of the API's, or its body takes no comments.
    LeftAlone,
    /// The head of an event stream is out.
    HeadSent,
    /// It has a wire.
    Adopted,
}

thread_local! {
    static STAGE: Cell<Stage> = const { Cell::new(Stage::None) };
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    STAGE.set(Stage::None);
}

/// Lets go of the wire of a response that nobody has ended. Called when a request is over, and when the next
/// one begins: another extension's end may have kept ours from its turn.
pub(crate) fn abandon() {
    STAGE.set(Stage::None);
    if attached::abandon() {
        signals::give_back(Server::current());
    }
}

/// Leaves the response to the stream that the script opens with the API, perhaps after all.
pub(super) fn stand_aside() {
    let_go(Stage::LeftAlone);
}

/// Lets go of an adopted response. Called when a request ends.
pub(crate) fn end_request() {
    if STAGE.get() == Stage::Adopted {
        say_last();
    }
    let_go(Stage::None);
}

/// Writes a last line that says nothing, if the response ends in a comment. A comment of an adopted script's own
/// is its own business.
fn say_last() {
    attached::with(|wire| {
        let Some(wire) = wire else { return };
        let tail = || {
            let listens = matches!(wire.stop_reason(), None | Some(StopReason::Shutdown));
            let is_due = |tail: &Tail| STAGE.get() != Stage::Adopted || tail.ends_in_heartbeat();
            Some(wire.tail()).filter(|tail| listens && is_due(tail))
        };
        // A client that cannot be written to any more does not need it.
        let _ = last_line::write(Some(wire), tail, LAST_LINE, |lines| {
            // On a reload the script may write no more, but this line is ours.
            wire.let_go_on();
            hooks::write_flushed(lines.bytes())
        });
    });
}

/// Ends the response before the script ends.
pub(super) fn finish_response() {
    say_last();
    hooks::end_encoding();
    attached::detach();
}

fn let_go(next: Stage) {
    if STAGE.replace(next) == Stage::Adopted || attached::exists() {
        attached::detach();
        signals::give_back(Server::current());
    }
}

/// Called after the script's own flush, when there is no wire.
pub(crate) fn flushed() {
    if STAGE.get() == Stage::HeadSent {
        adopt();
    }
}

/// Attaches a wire to the response. It is no part of what every flush runs.
#[cold]
fn adopt() {
    STAGE.set(Stage::None);
    let heartbeat = seconds(settings::heartbeat()).ok();
    let options = WireOptions::from_settings(heartbeat.filter(|beat| !beat.is_zero()));
    let options = WireOptions { ends_with_server: true, ..options };
    // Without a wire the stream is what it was without us.
    if attach_wire(Server::current(), &options).is_ok() {
        STAGE.set(Stage::Adopted);
    }
}

/// True if a response whose head is going out is one to look after.
pub(super) fn is_to_be_adopted() -> bool {
    STAGE.get() == Stage::None
        && settings::adopt()
        && headers::is_event_stream()
        && headers::status() == 200
}

/// Notes that its head is out. Into a body of a given length, or a coded one, nothing may be added.
pub(super) fn note_head() {
    let takes_comments = request::method() != "HEAD"
        && headers::coding().is_none()
        && headers::get("Content-Length").is_none()
        && headers::get("Transfer-Encoding").is_none_or(|coding| coding == "identity");
    STAGE.set(if takes_comments { Stage::HeadSent } else { Stage::LeftAlone });
}

//! Decides if a stream may begin, before its head goes out: limits, and the hub.

use std::time::Duration;

use crate::hub::{Dropped, Limit};
use event_stream::Retry;

use crate::hub::{self, Lease};
use crate::php::fallback::{self, Fallback};
use crate::php::fault::Fault;
use crate::php::hub_settings::settings;
use crate::php::jitter::jitter;
use crate::php::options::OnLimit;
use crate::sapi::Server;
use crate::sapi::diagnosis::Expected;
use crate::sapi::response::request;
use crate::sapi::takeover::{self, NotTaken};
use crate::stream::AllowOrigin;
use crate::zend::engine;

/// The bodies of the responses to clients that get no stream.
const TOO_MANY: &[u8] = b"There are too many open streams. Please try again later.\n";
const NO_HUB: &[u8] = b"The stream cannot be served at the moment. Please try again later.\n";

/// The time after which clients may retry when there are too many; an `EventSource` waits up to twice as long, so
/// that not all come at once.
const TOO_MANY_RETRY: Duration = Duration::from_secs(5);

/// Converts the time after which a client is to reconnect.
pub(super) fn time_to_come_back(time: Duration) -> Retry {
    Retry::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// A stream that a script asks for.
pub(super) struct Asked<'a> {
    pub(super) method: &'static str,
    pub(super) server: Server,
    pub(super) on_limit: OnLimit,
    pub(super) allow_origin: &'a AllowOrigin,
}

/// The decision about it.
pub(super) enum Admission {
    /// It is opened, with this lease if there are limits.
    Let(Option<Lease>),
    /// It sends this reconnection time, and ends.
    TurnedAway(Retry),
}

impl Asked<'_> {
    /// Decides about a stream. Some get a whole response here, and the script ends.
    pub(super) fn admit(
        &self,
        given_id: Option<&str>,
        limits: &[Limit],
    ) -> Result<Admission, Fault> {
        if !self.server.has_response() {
            return Ok(Admission::Let(None));
        }
        let id = given_id.map(str::to_owned).or_else(request::last_event_id);
        if id.as_deref() == Some(Dropped::NAME) {
            // The client would drop the stream that has replaced its own, which would reconnect, and so on.
            return self.answer(|| takeover::answer_no_content(self.server, self.allow_origin));
        }
        let method = request::method();
        if method == "OPTIONS" {
            return Ok(Admission::Let(None));
        }
        // A request for the head alone must not close anybody's stream.
        let is_counted = method != "HEAD" || self.on_limit != OnLimit::DropOldest;
        let lease = if is_counted { self.lease(limits)? } else { Admission::Let(None) };
        if matches!(lease, Admission::Let(None)) && method != "HEAD" {
            self.find_hub()?;
        }
        Ok(lease)
    }

    /// Takes a lease under all limits. If the hub cannot be asked, no limit holds: the site stays up, uncounted.
    fn lease(&self, limits: &[Limit]) -> Result<Admission, Fault> {
        if limits.is_empty() {
            return Ok(Admission::Let(None));
        }
        match hub::lease(&settings(), limits.to_vec()) {
            Err(_) => Ok(Admission::Let(None)),
            Ok(Ok(lease)) => Ok(Admission::Let(Some(lease))),
            Ok(Err(_)) if self.on_limit != OnLimit::Refuse && request::wants_event_stream() => {
                let time = TOO_MANY_RETRY.mul_f64(1.0 + jitter());
                Ok(Admission::TurnedAway(time_to_come_back(time)))
            }
            Ok(Err(_)) => self.refuse(TOO_MANY, TOO_MANY_RETRY.as_secs()),
        }
    }

    /// Answers a client that is no `EventSource` with a status if its stream would be turned away: the status has to
    /// be known before the head is out. An `EventSource` is let in: a script may serve it without `subscribe()`,
    /// which needs no hub.
    fn find_hub(&self) -> Result<(), Fault> {
        if self.method != "Sse::start" || !fallback::is_bounded() || request::wants_event_stream() {
            return Ok(());
        }
        let why = match Expected::of(self.server).hand_off {
            Err(why) => Some(why.to_string()),
            Ok(()) => hub::reach(&settings()).err().map(|error| error.to_string()),
        };
        let Some(why) = why else { return Ok(()) };
        match fallback::decide(self.server, self.method, &why)? {
            Fallback::Served(_) => Ok(()),
            Fallback::TurnedAway => {
                self.refuse(NO_HUB, hub::retry(jitter()).as_secs() + 1).map(drop)
            }
        }
    }

    /// Answers 503 with a `Retry-After` of so many seconds.
    fn refuse(&self, why: &[u8], retry_after: u64) -> Result<Admission, Fault> {
        self.answer(|| {
            takeover::answer_unavailable(self.server, self.allow_origin, why, retry_after)
        })
    }

    /// Sends a whole response with `answer`, and ends the script.
    fn answer(&self, answer: impl FnOnce() -> Result<(), NotTaken>) -> Result<Admission, Fault> {
        answer().map_err(|error| not_taken(self.method, "call it before any output", error))?;
        engine::exit_script();
        Err(Fault::Pending)
    }
}

/// Makes the exception for a response that cannot be taken over.
pub(super) fn not_taken(method: &str, advice: &str, error: NotTaken) -> Fault {
    match error {
        NotTaken::OutputBegan { what, place } => Fault::wrong_moment(format!(
            "{method}(): output has begun{place}, with {what}; {advice}"
        )),
        NotTaken::Pending => Fault::Pending,
        NotTaken::Bailout(interrupted) => Fault::Bailout(interrupted),
    }
}

//! Who is let in: what is asked before the head of a stream goes out.

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

/// What clients are told that no stream is opened for.
const TOO_MANY: &[u8] = b"There are too many open streams. Please try again later.\n";
const NO_HUB: &[u8] = b"The stream cannot be served at the moment. Please try again later.\n";

/// When they may try again where there are too many; an `EventSource` up to twice as late, so that not all come
/// at once.
const TOO_MANY_RETRY: Duration = Duration::from_secs(5);

/// The time after which a client comes back.
pub(super) fn time_to_come_back(time: Duration) -> Retry {
    Retry::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// A stream that is asked for.
pub(super) struct Asked<'a> {
    pub(super) method: &'static str,
    pub(super) server: Server,
    pub(super) on_limit: OnLimit,
    pub(super) allow_origin: &'a AllowOrigin,
}

/// What becomes of it.
pub(super) enum Admission {
    /// It is opened, and has this place under its limits.
    Let(Option<Lease>),
    /// It says when to come back, and ends.
    TurnedAway(Retry),
}

impl Asked<'_> {
    /// Decides about a stream. Some are answered here: then the script ends.
    pub(super) fn admit(&self, told: Option<&str>, limits: &[Limit]) -> Result<Admission, Fault> {
        if !self.server.has_response() {
            return Ok(Admission::Let(None));
        }
        let id = told.map(str::to_owned).or_else(request::last_event_id);
        if id.as_deref() == Some(Dropped::NAME) {
            // It would drop the stream that has its place, and come back dropped, and so on.
            return self.answer(|| takeover::answer_no_content(self.server, self.allow_origin));
        }
        let method = request::method();
        if method == "OPTIONS" {
            return Ok(Admission::Let(None));
        }
        // Who only asks for the head ends nobody's stream.
        let takes_place = method != "HEAD" || self.on_limit != OnLimit::DropOldest;
        let lease = if takes_place { self.lease(limits)? } else { Admission::Let(None) };
        if matches!(lease, Admission::Let(None)) && method != "HEAD" {
            self.find_hub()?;
        }
        Ok(lease)
    }

    /// Takes a place under each limit. A hub that cannot be asked limits nobody: the site is up, if not
    /// counted.
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

    /// Where streams may be turned away, a client that is no `EventSource` is answered with a status, which
    /// has to be known before the head is out. What a script serves without `subscribe()` needs no hub, so
    /// that an `EventSource` is let in here.
    fn find_hub(&self) -> Result<(), Fault> {
        if self.method != "Sse::start" || !fallback::is_bounded() || request::wants_event_stream() {
            return Ok(());
        }
        let why = match Expected::of(self.server).hand_off {
            Err(why) => Some(why.to_owned()),
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

    /// Answers 503, and after how many seconds to try again.
    fn refuse(&self, why: &[u8], retry_after: u64) -> Result<Admission, Fault> {
        self.answer(|| {
            takeover::answer_unavailable(self.server, self.allow_origin, why, retry_after)
        })
    }

    /// Has the response be this one, and the script end.
    fn answer(&self, answer: impl FnOnce() -> Result<(), NotTaken>) -> Result<Admission, Fault> {
        answer().map_err(|error| not_taken(self.method, "call it before any output", error))?;
        engine::exit_script();
        Err(Fault::Pending)
    }
}

/// Why the response cannot be taken over, as what goes to the script.
pub(super) fn not_taken(method: &str, advice: &str, error: NotTaken) -> Fault {
    match error {
        NotTaken::OutputBegan { what, place } => Fault::wrong_moment(format!(
            "{method}(): output has begun{place}, with {what}; {advice}"
        )),
        NotTaken::Pending => Fault::Pending,
        NotTaken::Bailout(interrupted) => Fault::Bailout(interrupted),
    }
}

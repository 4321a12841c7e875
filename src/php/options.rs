//! Parses and checks the options of `start()`, `stream()` and `headers()`.

use std::time::Duration;

use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};

use super::arguments::{
    Argument, Float, Int, Text, WithDefault, bytes, event_id, float, given, int, retry, type_name,
};
use super::fault::Fault;
use crate::hub::Limit;
use crate::sapi::takeover::Wanted;
use crate::sapi::{Server, settings};
use crate::stream::{
    self, AllowOrigin, Compression, Header, LAST_EVENT_ID_MAX_BYTES, Lifetime, Options,
};

/// The empty array, as a default.
pub(super) struct Empty;

impl super::arguments::Declared for Empty {
    const TYPE: ext_php_rs::flags::DataType = ext_php_rs::flags::DataType::Array;
}

impl ext_php_rs::convert::StubLiteral for Empty {
    fn stub_literal(&self) -> String {
        "[]".into()
    }
}

/// The longest key of a limit, in bytes.
const LONGEST_KEY: usize = 256;

/// The options as the script gave them.
pub(super) struct Arguments<'a> {
    pub(super) heartbeat: Option<Float<'a>>,
    pub(super) retry: Option<Int<'a>>,
    pub(super) max_lifetime: Option<Float<'a>>,
    pub(super) response: ResponseArguments<'a>,
    pub(super) limit: LimitArguments<'a>,
    pub(super) last_event_id: Option<Text<'a>>,
}

/// The arguments that limit the number of streams.
pub(super) struct LimitArguments<'a> {
    pub(super) key: Option<Text<'a>>,
    pub(super) limit: Option<Int<'a>>,
    pub(super) on_limit: WithDefault<'a, &'static str>,
}

/// The treatment of a stream that is over the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnLimit {
    /// It gets a 503.
    Refuse,
    /// Its client is sent a reconnection time.
    Retry,
    /// The oldest stream under its key is closed.
    DropOldest,
}

impl OnLimit {
    /// The default, as scripts spell it.
    pub(super) const REFUSE: &'static str = "refuse";

    fn new(given: &[u8], at: Argument) -> Result<Self, Fault> {
        match given {
            b"refuse" => Ok(Self::Refuse),
            b"retry" => Ok(Self::Retry),
            b"drop-oldest" => Ok(Self::DropOldest),
            _ => Err(at.value_error(r#"must be one of "refuse", "retry", or "drop-oldest""#)),
        }
    }
}

/// The arguments about the head of the response.
pub(super) struct ResponseArguments<'a> {
    pub(super) allow_origin: Option<&'a Zval>,
    pub(super) headers: WithDefault<'a, Empty>,
    pub(super) compress: Option<&'a Zval>,
}

/// The options for the head of the response, checked.
pub(super) struct Response {
    pub(super) allow_origin: AllowOrigin,
    pub(super) headers: Vec<Header>,
    /// `None` if the script leaves it to what `Sse::headers()` was told, or to the settings.
    pub(super) compression: Option<Compression>,
}

impl Response {
    /// Returns the head that it asks for.
    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            allow_origin: &self.allow_origin,
            custom: &self.headers,
            compression: self.compression.as_ref(),
        }
    }
}

impl Arguments<'_> {
    /// Checks the options and uses the settings for those that were not given. `first` is the number of the first of
    /// them among the arguments of `method`.
    pub(super) fn options(
        &self,
        method: &'static str,
        first: u32,
        server: Server,
    ) -> Result<Options, Fault> {
        let at = |number, name| Argument(method, first + number, name);
        let default_beat = if server.has_response() { settings::heartbeat() } else { 0.0 };
        let beat = seconds(self.heartbeat.as_ref(), default_beat, at(0, "heartbeat"))?;
        let milliseconds = match given(self.retry.as_ref().map(|argument| argument.0)) {
            Some(given) => int(given, at(1, "retry"), "of type ?int")?,
            None => settings::retry(),
        };
        let reconnect = retry(milliseconds, at(1, "retry"))?;
        let default_lifetime = settings::max_lifetime();
        let lifetime = seconds(self.max_lifetime.as_ref(), default_lifetime, at(2, "maxLifetime"))?;
        Ok(Options {
            heartbeat: (!beat.is_zero()).then_some(beat),
            heartbeat_line: settings::heartbeat_line(),
            retry: (reconnect.as_millis() > 0).then_some(reconnect),
            shutdown_retry: settings::shutdown_retry(),
            max_lifetime: (!lifetime.is_zero()).then(|| Lifetime::new(lifetime)),
        })
    }
}

/// The last event ID that a script gives, checked.
pub(super) enum LastEventId {
    /// The script gives none: the request decides.
    NotGiven,
    /// The script gives this one.
    Given(String),
}

impl LastEventId {
    /// Checks the argument of that number.
    pub(super) fn new(
        argument: Option<&Text>,
        method: &'static str,
        number: u32,
    ) -> Result<Self, Fault> {
        let at = Argument(method, number, "lastEventId");
        let Some(given) = given(argument.map(|argument| argument.0)) else {
            return Ok(Self::NotGiven);
        };
        let id = bytes(given, at, "of type ?string")?;
        if id.len() > LAST_EVENT_ID_MAX_BYTES {
            let problem = format!("must be at most {LAST_EVENT_ID_MAX_BYTES} bytes long");
            return Err(at.value_error(problem));
        }
        Ok(Self::Given(event_id(&id, at)?.as_str().to_owned()))
    }

    /// Returns the id that was given.
    pub(super) fn get(&self) -> Option<&str> {
        match self {
            Self::NotGiven => None,
            Self::Given(id) => Some(id),
        }
    }

    /// Returns the id, or else that of the request. An empty one is the standard's "none yet", whatever the request
    /// has.
    pub(super) fn or_else(self, others: impl FnOnce() -> Option<String>) -> Option<String> {
        match self {
            Self::NotGiven => others(),
            Self::Given(id) => Some(id).filter(|id| !id.is_empty()),
        }
    }
}

impl LimitArguments<'_> {
    /// Checks the `onLimit` argument, which has that number.
    pub(super) fn on_limit(&self, method: &'static str, number: u32) -> Result<OnLimit, Fault> {
        let at = Argument(method, number, "onLimit");
        let given = match self.on_limit {
            WithDefault::Passed(value) => bytes(value, at, "of type string")?,
            WithDefault::Default(text) => text.as_bytes().into(),
        };
        let on_limit = OnLimit::new(&given, at)?;
        if on_limit == OnLimit::DropOldest && given_key(self).is_none() {
            return Err(at.value_error(r#"must not be "drop-oldest" without limitKey"#));
        }
        Ok(on_limit)
    }

    /// Checks the limit; `None` if there is none. `first` is the number of the first of these arguments.
    pub(super) fn limit(
        &self,
        method: &'static str,
        first: u32,
        on_limit: OnLimit,
    ) -> Result<Option<Limit>, Fault> {
        let (key_at, max_at) =
            (Argument(method, first, "limitKey"), Argument(method, first + 1, "limit"));
        let key = given_key(self);
        let key = key.map(|key| bytes(key, key_at, "of type ?string")).transpose()?;
        let max = given(self.limit.as_ref().map(|argument| argument.0));
        let max = max.map(|max| int(max, max_at, "of type ?int")).transpose()?;
        let (key, max) = match (key, max) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(max_at.value_error("must be given with limitKey")),
            (None, Some(_)) => return Err(key_at.value_error("must be given with limit")),
            (Some(key), Some(max)) => (key, max),
        };
        if key.is_empty() || key.len() > LONGEST_KEY {
            return Err(key_at.value_error("must be of 1 to 256 bytes"));
        }
        let max = u32::try_from(max).ok().filter(|max| *max > 0);
        let max = max.ok_or_else(|| max_at.value_error("must be between 1 and 4294967295"))?;
        let drops_oldest = on_limit == OnLimit::DropOldest;
        Ok(Some(Limit { key: key.into_owned(), max, drops_oldest }))
    }
}

fn given_key<'a>(arguments: &LimitArguments<'a>) -> Option<&'a Zval> {
    given(arguments.key.as_ref().map(|argument| argument.0))
}

impl ResponseArguments<'_> {
    /// Checks the options for the head of the response. `first` is the number of the first two of these arguments,
    /// and `compress` that of the last.
    pub(super) fn response(
        &self,
        method: &'static str,
        first: u32,
        compress: u32,
    ) -> Result<Response, Fault> {
        Ok(Response {
            allow_origin: allow_origin(self.allow_origin, Argument(method, first, "allowOrigin"))?,
            headers: headers(&self.headers, Argument(method, first + 1, "headers"))?,
            compression: compression(self.compress, Argument(method, compress, "compress"))?,
        })
    }
}

fn seconds(argument: Option<&Float>, default: f64, at: Argument) -> Result<Duration, Fault> {
    let number = match given(argument.map(|argument| argument.0)) {
        Some(given) => float(given, at, "of type ?float")?,
        None => default,
    };
    stream::seconds(number).map_err(|error| at.value_error(error))
}

fn allow_origin(allowed: Option<&Zval>, at: Argument) -> Result<AllowOrigin, Fault> {
    let Some(given) = given(allowed) else {
        return Ok(settings::allow_origin());
    };
    let checked = if let Some(list) = given.array() {
        let entries = entries(list, at)?;
        AllowOrigin::from_entries(entries.iter().map(String::as_str))
    } else {
        let list = bytes(given, at, "of type string|array|null")?;
        AllowOrigin::from_list(&String::from_utf8_lossy(&list))
    };
    checked.map_err(|error| at.value_error(error))
}

fn compression(compress: Option<&Zval>, at: Argument) -> Result<Option<Compression>, Fault> {
    let Some(given) = given(compress) else { return Ok(None) };
    let checked = if let Some(is_on) = given.bool() {
        Ok(if is_on { Compression::On } else { Compression::Off })
    } else if let Some(list) = given.array() {
        Compression::from_entries(entries(list, at)?.iter().map(String::as_str))
    } else {
        let list = bytes(given, at, "of type array|string|bool|null")?;
        Compression::from_list(&String::from_utf8_lossy(&list))
    };
    checked.map(Some).map_err(|error| at.value_error(error))
}

fn entries(list: &ZendHashTable, at: Argument) -> Result<Vec<String>, Fault> {
    let entry = |value: &Zval| {
        value.dereference().string().ok_or_else(|| {
            let given = type_name(value);
            Fault::type_error(format!("{at} must be an array of strings, {given} given"))
        })
    };
    list.iter().map(|(_, value)| entry(value)).collect()
}

fn headers(given: &WithDefault<Empty>, at: Argument) -> Result<Vec<Header>, Fault> {
    let WithDefault::Passed(given) = given else { return Ok(Vec::new()) };
    let list = given.array().ok_or_else(|| at.type_error("of type array", given))?;
    list.iter().map(|(name, value)| header(&name, value.dereference(), at)).collect()
}

fn header(name: &ArrayKey, value: &Zval, at: Argument) -> Result<Header, Fault> {
    let name = match name {
        ArrayKey::Long(number) => {
            return Err(at.value_error(format!("must have header names as keys, {number} given")));
        }
        name => name.to_string(),
    };
    let text = if value.is_scalar() { value.coerce_to_string() } else { None };
    let text = text.ok_or_else(|| {
        let given = type_name(value);
        Fault::type_error(format!("{at} must be an array of strings, {given} given"))
    })?;
    Header::custom(&name, &text).ok_or_else(|| {
        at.value_error(format!(
            "must be headers without control characters that an event stream can have, \"{}\" given",
            name.escape_debug()
        ))
    })
}

//! The INI settings.

use std::ffi::CStr;

use event_stream::Heartbeat;
use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};

use crate::stream::{AllowOrigin, seconds};
use crate::zend::ini::{self, Valid, secret, validated, within_open_basedir};

/// Seconds between two heartbeats; 0 is off.
pub(super) const HEARTBEAT: &CStr = c"sse.heartbeat";
/// What a heartbeat says; "" is nothing.
pub(super) const HEARTBEAT_TEXT: &CStr = c"sse.heartbeat_text";
/// Reconnection time in milliseconds; 0 leaves it to the client.
pub(super) const RETRY: &CStr = c"sse.retry";
/// Seconds that a stream may live; 0 is for ever.
pub(super) const MAX_LIFETIME: &CStr = c"sse.max_lifetime";
/// Origins that may read streams.
pub(super) const ALLOW_ORIGIN: &CStr = c"sse.allow_origin";

/// Reconnection time in milliseconds that is sent when the server stops; 0 sends none.
pub(super) const SHUTDOWN_RETRY: &CStr = c"sse.shutdown_retry";
/// The socket of the hub; "" is the usual place.
pub(super) const HUB_SOCKET: &CStr = c"sse.hub_socket";
/// The program of the hub; "" is `sse-hub` beside the extension, or else on the path.
pub(super) const HUB_PATH: &CStr = c"sse.hub_path";
/// Whether a hub is started when there is none.
pub(super) const HUB_SPAWN: &CStr = c"sse.hub_spawn";
/// The group whose members may speak to a hub that is started.
pub(super) const HUB_GROUP: &CStr = c"sse.hub_group";
/// The Redis that a hub publishes through which is started.
pub(super) const HUB_REDIS: &CStr = c"sse.hub_redis";
/// The largest event that may be published, in bytes of data.
pub(super) const MAX_EVENT: &CStr = c"sse.max_event";
/// How many streams there may be at once, of all that share a hub; 0 is no limit.
pub(super) const MAX_STREAMS: &CStr = c"sse.max_streams";
/// What becomes of streams that should be the hub's, and are not: "prefer" has workers serve them, "require"
/// turns them away.
pub(super) const HAND_OFF: &CStr = c"sse.hand_off";
/// The value of [`HAND_OFF`] that turns streams away.
pub(super) const REQUIRE: &str = "require";
/// How many of them the workers of a pool serve at once; 0 is no limit.
pub(super) const MAX_WORKER_STREAMS: &CStr = c"sse.max_worker_streams";
/// Seconds that a client may take nothing before its stream is given up; 0 is for ever.
const WRITE_TIMEOUT: &CStr = c"sse.write_timeout";

static ENTRIES: IniEntryDefs<21> = IniEntryDefs::new([
    validated::<Seconds>(IniEntryDef::new(HEARTBEAT, c"15", IniEntryPermission::All)),
    validated::<CommentText>(IniEntryDef::new(HEARTBEAT_TEXT, c"", IniEntryPermission::All)),
    validated::<Whole>(IniEntryDef::new(RETRY, c"0", IniEntryPermission::All)),
    validated::<Seconds>(IniEntryDef::new(MAX_LIFETIME, c"0", IniEntryPermission::All)),
    validated::<Origins>(IniEntryDef::new(ALLOW_ORIGIN, c"", IniEntryPermission::All)),
    validated::<Whole>(IniEntryDef::new(SHUTDOWN_RETRY, c"0", IniEntryPermission::All)),
    validated::<Seconds>(IniEntryDef::new(WRITE_TIMEOUT, c"30", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.release_session", c"1", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.ignore_half_close", c"0", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.interrupt", c"0", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.adopt", c"0", PER_DIRECTORY)),
    within_open_basedir::<Place>(IniEntryDef::new(HUB_SOCKET, c"", PER_DIRECTORY)),
    IniEntryDef::new(HUB_PATH, c"", IniEntryPermission::System),
    validated::<Switch>(IniEntryDef::new(HUB_SPAWN, c"1", IniEntryPermission::System)),
    IniEntryDef::new(HUB_GROUP, c"", IniEntryPermission::System),
    secret(IniEntryDef::new(HUB_REDIS, c"", IniEntryPermission::System)),
    validated::<EventSize>(IniEntryDef::new(MAX_EVENT, c"1048576", IniEntryPermission::All)),
    validated::<Whole>(IniEntryDef::new(MAX_STREAMS, c"0", PER_DIRECTORY)),
    validated::<HandOff>(IniEntryDef::new(HAND_OFF, c"prefer", PER_DIRECTORY)),
    validated::<Whole>(IniEntryDef::new(MAX_WORKER_STREAMS, c"0", PER_DIRECTORY)),
    IniEntryDef::end(),
]);

/// For what is settled before the script runs.
const PER_DIRECTORY: IniEntryPermission =
    IniEntryPermission::PerDir.union(IniEntryPermission::System);

/// Registers the settings. Called at module start-up.
pub(super) fn register(module_number: i32) {
    IniEntryDef::register(ENTRIES.as_slice(), module_number);
}

struct Seconds;

impl Valid for Seconds {
    fn accepts(value: &str) -> bool {
        value.trim().parse().is_ok_and(|number| seconds(number).is_ok())
    }
}

/// A short line without control characters.
struct CommentText;

impl Valid for CommentText {
    fn accepts(value: &str) -> bool {
        Heartbeat::new(value).is_some()
    }
}

/// A whole number that is not negative.
struct Whole;

impl Valid for Whole {
    fn accepts(value: &str) -> bool {
        value.trim().parse::<u32>().is_ok()
    }
}

struct EventSize;

impl Valid for EventSize {
    fn accepts(value: &str) -> bool {
        value.trim().parse().is_ok_and(|bytes| (1..=crate::hub::MAX_EVENT).contains(&bytes))
    }
}

struct HandOff;

impl Valid for HandOff {
    fn accepts(value: &str) -> bool {
        ["", "prefer", REQUIRE].iter().any(|known| value.eq_ignore_ascii_case(known))
    }
}

/// A path that is the same in every directory, and that a socket may have.
struct Place;

impl Valid for Place {
    fn accepts(value: &str) -> bool {
        value.is_empty() || (value.starts_with('/') && value.len() <= LONGEST_SOCKET)
    }
}

/// What the system allows, in bytes: 108 with a NUL at the end.
const LONGEST_SOCKET: usize = 107;

struct Origins;

impl Valid for Origins {
    fn accepts(value: &str) -> bool {
        AllowOrigin::from_list(value).is_ok()
    }
}

struct Switch;

impl Valid for Switch {
    fn accepts(value: &str) -> bool {
        let off = ["", "0", "off", "no", "false", "none"];
        ini::is_on(value) || off.iter().any(|off| value.eq_ignore_ascii_case(off))
    }
}

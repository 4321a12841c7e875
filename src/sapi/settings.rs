//! The table of the INI settings, and the value of each. Values are checked when they are set.

use std::ffi::CStr;
use std::path::PathBuf;
use std::time::Duration;

use event_stream::{Heartbeat, Retry};
use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};

use crate::stream::{AllowOrigin, Compression, seconds};
use crate::zend::ini::{self, Valid, secret, validated, within_open_basedir};

/// Seconds between two heartbeats; 0 is off.
const HEARTBEAT: &CStr = c"sse.heartbeat";
/// The text of a heartbeat; "" is none.
const HEARTBEAT_TEXT: &CStr = c"sse.heartbeat_text";
/// Reconnection time in milliseconds; 0 leaves it to the client.
const RETRY: &CStr = c"sse.retry";
/// Seconds that a stream may live; 0 is for ever.
const MAX_LIFETIME: &CStr = c"sse.max_lifetime";
/// Origins that may read streams.
const ALLOW_ORIGIN: &CStr = c"sse.allow_origin";
/// Content codings that streams may have, in order of preference; "" is none, "on" all.
const COMPRESSION: &CStr = c"sse.compression";
/// Reconnection time in milliseconds that is sent when the server stops; 0 sends none.
const SHUTDOWN_RETRY: &CStr = c"sse.shutdown_retry";
/// The socket of the hub; "" is the usual one.
const HUB_SOCKET: &CStr = c"sse.hub_socket";
/// The program of the hub; "" is `sse-hub` beside the extension, or else on the path.
const HUB_PATH: &CStr = c"sse.hub_path";
/// On: a hub is started when there is none.
const HUB_SPAWN: &CStr = c"sse.hub_spawn";
/// The group whose members may speak to a hub that is started.
const HUB_GROUP: &CStr = c"sse.hub_group";
/// The Redis that a hub publishes through which is started.
const HUB_REDIS: &CStr = c"sse.hub_redis";
/// The memory for the encoders of compressed streams of a hub that is started, in bytes; 0 is for none.
const HUB_COMPRESSION_MEMORY: &CStr = c"sse.hub_compression_memory";
/// The value of it that a hub has by itself.
const USUAL_COMPRESSION_MEMORY: u32 = 64 * 1024 * 1024;
/// The largest event that may be published, in bytes of data.
const MAX_EVENT: &CStr = c"sse.max_event";
/// The most streams that there may be at once, of all that share a hub; 0 is no limit.
const MAX_STREAMS: &CStr = c"sse.max_streams";
/// The fate of streams that should be the hub's, and are not: "prefer" has workers serve them, "require" turns them
/// away.
const HAND_OFF: &CStr = c"sse.hand_off";
/// The value of [`HAND_OFF`] that turns streams away.
const REQUIRE: &str = "require";
/// The most of them that the workers of a pool serve at once; 0 is no limit.
const MAX_WORKER_STREAMS: &CStr = c"sse.max_worker_streams";
/// Seconds that a client may take nothing before its stream is given up; 0 is for ever.
const WRITE_TIMEOUT: &CStr = c"sse.write_timeout";
/// On: the session is closed when a stream begins.
const RELEASE_SESSION: &CStr = c"sse.release_session";
/// On: a client that has closed only its sending side counts as there.
const IGNORE_HALF_CLOSE: &CStr = c"sse.ignore_half_close";
/// On: a script is interrupted when its client leaves.
const INTERRUPT: &CStr = c"sse.interrupt";
/// On: streams of other code are looked after.
const ADOPT: &CStr = c"sse.adopt";

static ENTRIES: IniEntryDefs<23> = IniEntryDefs::new([
    validated::<Seconds>(IniEntryDef::new(HEARTBEAT, c"15", IniEntryPermission::All)),
    validated::<CommentText>(IniEntryDef::new(HEARTBEAT_TEXT, c"", IniEntryPermission::All)),
    validated::<Whole>(IniEntryDef::new(RETRY, c"0", IniEntryPermission::All)),
    validated::<Seconds>(IniEntryDef::new(MAX_LIFETIME, c"0", IniEntryPermission::All)),
    validated::<Origins>(IniEntryDef::new(ALLOW_ORIGIN, c"", IniEntryPermission::All)),
    validated::<Codings>(IniEntryDef::new(COMPRESSION, c"", IniEntryPermission::All)),
    validated::<Whole>(IniEntryDef::new(SHUTDOWN_RETRY, c"0", IniEntryPermission::All)),
    validated::<Seconds>(IniEntryDef::new(WRITE_TIMEOUT, c"30", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(RELEASE_SESSION, c"1", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(IGNORE_HALF_CLOSE, c"0", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(INTERRUPT, c"0", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(ADOPT, c"0", PER_DIRECTORY)),
    within_open_basedir::<SocketPath>(IniEntryDef::new(HUB_SOCKET, c"", PER_DIRECTORY)),
    IniEntryDef::new(HUB_PATH, c"", IniEntryPermission::System),
    validated::<Switch>(IniEntryDef::new(HUB_SPAWN, c"1", IniEntryPermission::System)),
    IniEntryDef::new(HUB_GROUP, c"", IniEntryPermission::System),
    secret(IniEntryDef::new(HUB_REDIS, c"", IniEntryPermission::System)),
    validated::<Whole>(IniEntryDef::new(
        HUB_COMPRESSION_MEMORY,
        c"67108864",
        IniEntryPermission::System,
    )),
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
pub(crate) fn register(module_number: i32) {
    IniEntryDef::register(ENTRIES.as_slice(), module_number);
}

/// Seconds between two heartbeats; 0 is off.
pub(crate) fn heartbeat() -> f64 {
    ini::number(HEARTBEAT)
}

/// Returns the text of a heartbeat; mostly none.
pub(crate) fn heartbeat_text() -> String {
    ini::text(HEARTBEAT_TEXT)
}

/// Returns the heartbeat that says it.
pub(crate) fn heartbeat_line() -> Heartbeat {
    Heartbeat::new(&heartbeat_text()).unwrap_or_default()
}

/// The reconnection time in milliseconds; 0 leaves it to the client.
pub(crate) fn retry() -> i64 {
    ini::integer(RETRY)
}

/// Seconds that a stream may live; 0 is for ever.
pub(crate) fn max_lifetime() -> f64 {
    ini::number(MAX_LIFETIME)
}

/// Returns the origins that may read streams, unless the script says otherwise.
pub(crate) fn allow_origin() -> AllowOrigin {
    AllowOrigin::from_list(&ini::text(ALLOW_ORIGIN)).unwrap_or_default()
}

/// Returns the codings that streams may have, unless the script says otherwise.
pub(crate) fn compression() -> Compression {
    Compression::from_list(&ini::text(COMPRESSION)).unwrap_or_default()
}

/// The reconnection time to leave behind when the server stops.
pub(crate) fn shutdown_retry() -> Option<Retry> {
    let milliseconds = u64::try_from(ini::integer(SHUTDOWN_RETRY)).unwrap_or(0);
    (milliseconds > 0).then(|| Retry::from_millis(milliseconds))
}

/// Returns the longest that a client may take nothing before its stream is given up.
pub(crate) fn write_timeout() -> Duration {
    let length = seconds(ini::number(WRITE_TIMEOUT)).unwrap_or_default();
    if length.is_zero() { Duration::MAX } else { length }
}

/// True if the session is closed when a stream begins.
pub(crate) fn release_session() -> bool {
    ini::flag(RELEASE_SESSION)
}

/// True if a client that has closed only its sending side counts as there.
pub(crate) fn ignore_half_close() -> bool {
    ini::flag(IGNORE_HALF_CLOSE)
}

/// True if a script is interrupted when its client leaves.
pub(crate) fn interrupt() -> bool {
    ini::flag(INTERRUPT)
}

/// True if streams of other code are looked after.
pub(crate) fn adopt() -> bool {
    ini::flag(ADOPT)
}

/// The socket of the hub, if one is named.
pub(crate) fn hub_socket() -> Option<PathBuf> {
    path(HUB_SOCKET)
}

/// The program of the hub, if one is named.
pub(crate) fn hub_path() -> Option<PathBuf> {
    path(HUB_PATH)
}

fn path(name: &CStr) -> Option<PathBuf> {
    Some(ini::text(name)).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// True if a hub is started when there is none.
pub(crate) fn hub_spawn() -> bool {
    ini::flag(HUB_SPAWN)
}

/// The group whose members may speak to a hub that is started; empty for nobody else.
pub(crate) fn hub_group() -> String {
    ini::text(HUB_GROUP)
}

/// The Redis that a hub publishes through which is started; empty for none.
pub(crate) fn hub_redis() -> String {
    ini::text(HUB_REDIS)
}

/// The memory for the encoders of compressed streams of a hub that is started, in bytes; `None` if it is what a hub has
/// by itself.
pub(crate) fn hub_compression_memory() -> Option<u32> {
    let bytes = u32::try_from(ini::integer(HUB_COMPRESSION_MEMORY)).ok();
    bytes.filter(|bytes| *bytes != USUAL_COMPRESSION_MEMORY)
}

/// The largest event that may be published, in bytes of data.
pub(crate) fn max_event() -> usize {
    usize::try_from(ini::integer(MAX_EVENT)).unwrap_or(0)
}

/// Returns the most streams that there may be at once, of all that share a hub; 0 is no limit.
pub(crate) fn max_streams() -> u32 {
    u32::try_from(ini::integer(MAX_STREAMS)).unwrap_or(0)
}

/// True if streams that should be the hub's, and are not, are turned away.
pub(crate) fn requires_hand_off() -> bool {
    ini::text(HAND_OFF).eq_ignore_ascii_case(REQUIRE)
}

/// Returns the most of them that the workers of a pool serve at once; 0 is no limit.
pub(crate) fn max_worker_streams() -> u32 {
    u32::try_from(ini::integer(MAX_WORKER_STREAMS)).unwrap_or(0)
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

/// The largest event that a hub takes, in bytes: `hub_protocol::MAX_EVENT`, which is not known here.
pub(crate) const LARGEST_EVENT: usize = 8 * 1024 * 1024;

struct EventSize;

impl Valid for EventSize {
    fn accepts(value: &str) -> bool {
        value.trim().parse().is_ok_and(|bytes| (1..=LARGEST_EVENT).contains(&bytes))
    }
}

struct HandOff;

impl Valid for HandOff {
    fn accepts(value: &str) -> bool {
        ["", "prefer", REQUIRE].iter().any(|known| value.eq_ignore_ascii_case(known))
    }
}

/// A path that is the same in every directory, and that a socket may have.
struct SocketPath;

impl Valid for SocketPath {
    fn accepts(value: &str) -> bool {
        value.is_empty() || (value.starts_with('/') && value.len() <= LONGEST_SOCKET)
    }
}

/// The longest path of a socket that the system allows, in bytes: 108 with a NUL at the end.
const LONGEST_SOCKET: usize = 107;

struct Origins;

impl Valid for Origins {
    fn accepts(value: &str) -> bool {
        AllowOrigin::from_list(value).is_ok()
    }
}

struct Codings;

impl Valid for Codings {
    fn accepts(value: &str) -> bool {
        Compression::from_list(value).is_ok()
    }
}

struct Switch;

impl Valid for Switch {
    fn accepts(value: &str) -> bool {
        let off = ["", "0", "off", "no", "false", "none"];
        ini::is_on(value) || off.iter().any(|off| value.eq_ignore_ascii_case(off))
    }
}

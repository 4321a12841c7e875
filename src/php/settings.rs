//! The INI settings.

use std::ffi::CStr;

use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};

use crate::sapi::ini::{self, Valid, validated};
use crate::stream::{AllowOrigin, seconds};

/// Seconds between two heartbeats; 0 is off.
pub(super) const HEARTBEAT: &CStr = c"sse.heartbeat";
/// Reconnection time in milliseconds; 0 leaves it to the client.
pub(super) const RETRY: &CStr = c"sse.retry";
/// Seconds that a stream may live; 0 is for ever.
pub(super) const MAX_LIFETIME: &CStr = c"sse.max_lifetime";
/// Origins that may read streams.
pub(super) const ALLOW_ORIGIN: &CStr = c"sse.allow_origin";

/// Reconnection time in milliseconds that is sent when the server stops; 0 sends none.
pub(super) const SHUTDOWN_RETRY: &CStr = c"sse.shutdown_retry";
/// Seconds that a client may take nothing before its stream is given up; 0 is for ever.
const WRITE_TIMEOUT: &CStr = c"sse.write_timeout";

static ENTRIES: IniEntryDefs<11> = IniEntryDefs::new([
    validated::<Seconds>(IniEntryDef::new(HEARTBEAT, c"15", IniEntryPermission::All)),
    validated::<Milliseconds>(IniEntryDef::new(RETRY, c"0", IniEntryPermission::All)),
    validated::<Seconds>(IniEntryDef::new(MAX_LIFETIME, c"0", IniEntryPermission::All)),
    validated::<Origins>(IniEntryDef::new(ALLOW_ORIGIN, c"", IniEntryPermission::All)),
    validated::<Milliseconds>(IniEntryDef::new(SHUTDOWN_RETRY, c"0", IniEntryPermission::All)),
    validated::<Seconds>(IniEntryDef::new(WRITE_TIMEOUT, c"30", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.release_session", c"1", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.ignore_half_close", c"0", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.interrupt", c"0", IniEntryPermission::All)),
    validated::<Switch>(IniEntryDef::new(c"sse.adopt", c"0", PER_DIRECTORY)),
    IniEntryDef::end(),
]);

/// A response is adopted or not before the script runs.
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

struct Milliseconds;

impl Valid for Milliseconds {
    fn accepts(value: &str) -> bool {
        value.trim().parse::<u32>().is_ok()
    }
}

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

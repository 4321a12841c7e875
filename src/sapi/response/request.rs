//! Reads the request: method, variables, last event ID, body. All of it is the client's word.

use ext_php_rs::ffi::zend_is_auto_global;
use ext_php_rs::types::{ArrayKey, ZendHashTable, ZendStr, Zval};

use crate::stream::{Bailout, last_event_id as last_event_id_of};
use crate::zend::native::Native;
use crate::zend::{globals, versions};

/// Returns the request's method; "GET" where there is none.
pub(crate) fn method() -> String {
    globals::sapi(|sapi| sapi.request_info().request_method().unwrap_or("GET").to_owned())
}

static READ_ALL: Native = Native::function("standard", "file_get_contents");

/// Reads what is left of the request's body into `php://input`, where the script finds it as ever. True if all of it
/// is here.
///
/// # Errors
///
/// [`Bailout`] when it is more than there is memory for.
pub(crate) fn read_body() -> Result<bool, Bailout> {
    if !body_is_here() {
        let mut input = Zval::new();
        input.set_zend_string(ZendStr::new("php://input", false));
        READ_ALL.call([input])?;
    }
    Ok(body_is_here())
}

fn body_is_here() -> bool {
    if versions::body_is_read() {
        return true;
    }
    globals::sapi(|sapi| sapi.request_info().content_length() <= sapi.read_post_bytes)
}

/// Returns a variable of `$_SERVER`, as the script sees it.
pub(crate) fn server_variable(name: &str) -> Option<Vec<u8>> {
    with_superglobal("_SERVER", |server| {
        Some(server.get(name)?.dereference().zend_str()?.as_bytes().to_vec())
    })
}

/// The same, whatever the script has made of `$_SERVER`.
pub(crate) fn original_variable(name: &str) -> Option<Vec<u8>> {
    // The script's own array is another one from its first change on.
    with_superglobal("_SERVER", |_| Some(()))?;
    globals::core(|core| {
        let variables = core.http_globals[SERVER_VARIABLES].array()?;
        Some(variables.get(name)?.dereference().zend_str()?.as_bytes().to_vec())
    })
}

/// `TRACK_VARS_SERVER`, `main/php_globals.h`.
const SERVER_VARIABLES: usize = 3;

/// Returns the id of the last event that the client has seen: the header, else the query, as `EventSource` and its
/// like cannot set a header. Empty is none.
pub(crate) fn last_event_id() -> Option<String> {
    let header = server_variable("HTTP_LAST_EVENT_ID").filter(|id| !id.is_empty());
    last_event_id_of(&header.or_else(queried_last_event_id)?).map(str::to_owned)
}

/// Returns the first parameter that has a last event ID. There is no standard for its name: `lastEventId`,
/// `last_event_id`, Mercure's `lastEventID` and `Last-Event-ID`, and so on.
fn queried_last_event_id() -> Option<Vec<u8>> {
    let is_name = |name: &str| {
        let letters = name.chars().filter(|character| !['-', '_'].contains(character));
        letters.map(|letter| letter.to_ascii_lowercase()).eq("lasteventid".chars())
    };
    let is_wanted = |key: &ArrayKey| match key {
        ArrayKey::Long(_) => false,
        name => is_name(&name.to_string()),
    };
    with_superglobal("_GET", |query| {
        query
            .iter()
            .filter(|(key, _)| is_wanted(key))
            .filter_map(|(_, value)| value.dereference().zend_str())
            .map(|value| value.as_bytes().to_vec())
            .find(|id| !id.is_empty())
    })
}

/// True if the client asks for an event stream, as every `EventSource` does.
pub(crate) fn wants_event_stream() -> bool {
    let accept = server_text("HTTP_ACCEPT").unwrap_or_default().to_ascii_lowercase();
    accept
        .split(',')
        .any(|range| range.split(';').next().map(str::trim) == Some("text/event-stream"))
}

/// As [`server_variable`], for a value that has to be text.
pub(crate) fn server_text(name: &str) -> Option<String> {
    server_variable(name).and_then(|value| String::from_utf8(value).ok())
}

/// Looks at a superglobal: the script's own array, so that a test which sets `$_SERVER` is heard. `look` calls
/// nothing of the engine's.
fn with_superglobal<R>(global: &str, look: impl FnOnce(&ZendHashTable) -> Option<R>) -> Option<R> {
    let mut global_name = ZendStr::new(global, false);
    // SAFETY: the name is a string of ours that outlives the call. It makes the array if `auto_globals_jit` has put
    // that off, which runs no code of the script's; where there is no memory for it, it bails out, and the name, which
    // is all that is owned here, goes with the request's memory.
    unsafe { zend_is_auto_global(&raw mut *global_name) };
    globals::executor(|executor| {
        let array = executor.symbol_table.get(global)?;
        look(array.indirect().unwrap_or(array).dereference().array()?)
    })
}

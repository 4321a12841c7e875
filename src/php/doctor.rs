//! `Sse::doctor()`: reports what stands between the script and the browser.

use std::fmt::Display;

use crate::hub::has_private_tmp;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::php_sapi_name;

use super::fallback;
use super::hub_settings::settings;
use crate::hub;
use crate::sapi::diagnosis::{self, Diagnosis, Expected};
use crate::sapi::{PhpConnection, Server};

/// Returns the report as entries of an array, on the stream of this request if there is one.
pub(super) fn report(connection: Option<&PhpConnection>) -> Vec<(String, Zval)> {
    let Diagnosis { path, heartbeats, compression, buffers, advice, configuration } =
        diagnosis::examine(Server::current(), connection.map(PhpConnection::describe));
    vec![
        entry("server", php_sapi_name().unwrap_or_default()),
        entry("path", path),
        entry("heartbeats", heartbeats),
        entry("hub", hub_in_words()),
        entry("handOff", hand_off(connection)),
        entry("compression", compression),
        entry("buffers", buffers),
        entry("advice", advice),
        entry("configuration", configuration),
    ]
}

/// Reports on the hub; starts none.
fn hub_in_words() -> String {
    let settings = settings();
    let (socket, words) = match hub::status(&settings) {
        Ok(Some(hub)) => {
            let differs =
                hub.other_release().map_or_else(String::new, |words| format!("; {words}"));
            let words = format!("listens at {}{differs}", hub.socket.display());
            (hub.socket, words)
        }
        other => {
            let socket = hub::location(&settings);
            let path = socket.display();
            let words = match other {
                Err(error) => format!("at {path}: {error}"),
                _ if settings.spawns => {
                    format!("none at {path}; one is started when it is needed (sse.hub_spawn)")
                }
                _ => format!("none at {path}, and none will be started (sse.hub_spawn=0)"),
            };
            (socket, words)
        }
    };
    if socket.starts_with("/tmp") && has_private_tmp() {
        return words + PRIVATE_TMP;
    }
    words
}

/// The warning if others look for the hub in another `/tmp`.
const PRIVATE_TMP: &str = "; but this service has a /tmp of its own (PrivateTmp), and what is published from elsewhere, by cron or in a shell, goes to another hub unless root does it: set sse.hub_socket to a place that all see, such as /run/sse/hub.sock";

/// Tries if `subscribe()` would move the connection to the hub: offers it, without a commit. Starts a hub if there is
/// none.
fn hand_off(connection: Option<&PhpConnection>) -> String {
    let server = Server::current();
    let no = |why: &dyn Display| format!("no: {why}; {}", fallback::in_words(server));
    if let Err(why) = Expected::of(server).hand_off {
        return no(&why);
    }
    let Some(connection) = connection else {
        return match hub::reach(&settings()) {
            Err(why) => no(&why),
            Ok(()) => "expected; ask again once the stream is open".into(),
        };
    };
    let offer = match connection.offer() {
        Err(why) => return no(&why),
        Ok(offer) => offer,
    };
    match hub::rehearse(&settings(), offer) {
        Err(why) => no(&why),
        Ok(()) => "yes: subscribe() moves the connection, and frees the worker".into(),
    }
}

fn entry(name: &str, value: impl IntoZval) -> (String, Zval) {
    (name.to_owned(), value.into_zval(false).unwrap_or_default())
}

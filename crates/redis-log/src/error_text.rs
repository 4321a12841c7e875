//! Texts for the operator about errors of Redis: the cause, and the remedy.
//!
//! The invariant: a text is one short line, and has neither the URL nor the password in it. The error reply to AUTH
//! is not passed on: a server that does not know the command repeats its arguments.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::settings::Settings;

/// The length, in characters, to which a reason from outside is cut.
const MAX_REASON: usize = 400;

/// Returns the text for a failed attempt to connect.
pub(crate) fn for_connect(error: &RedisError, settings: &Settings) -> String {
    let text = error.to_string();
    let advice = if error.kind() == ErrorKind::AuthenticationFailed {
        "its URL is redis://user:password@host, with %40 for @, %2F for /, %3A for :"
    } else if text.contains("CertificateRequired") {
        "it requires a client certificate: add ?cert=/path/to/cert.pem&key=/path/to/key.pem to its URL"
    } else if text.contains("certificate") {
        "to trust a certificate that the system does not, add ?ca=/path/to/ca.pem to its URL"
    } else if error.kind() == ErrorKind::Parse
        || error.is_timeout()
        || is_disconnect(error)
        || text.contains("corrupt message")
    {
        "check host, port and TLS: with it the URL begins with rediss://, without it with redis://"
    } else if error.is_connection_refusal() {
        "check that it is running there"
    } else if text.contains("DB index") || text.contains("SELECT") {
        "name an existing database in its URL: redis://host/0"
    } else {
        return for_command(error, settings);
    };
    line(&describe(error), advice, settings)
}

/// Returns the text for a failed command.
pub(crate) fn for_command(error: &RedisError, settings: &Settings) -> String {
    line(&describe(error), advice(error), settings)
}

fn advice(error: &RedisError) -> &'static str {
    use ServerErrorKind::{Ask, ClusterDown, CrossSlot, Moved, NoPerm, ReadOnly};
    match (error.kind(), error.code()) {
        (ErrorKind::Server(NoPerm), _) => {
            "its user needs +ping +time +xadd +xrange +xrevrange +xread, and ~ with the stream's key; \
             with sentinels +role, too"
        }
        (ErrorKind::Server(ReadOnly), _) => {
            "it is a replica: its URL has to name the master, or its sentinels, which know the master: \
             redis+sentinel://host,host/mymaster"
        }
        (ErrorKind::Server(Moved | Ask | CrossSlot | ClusterDown), _) => {
            "it belongs to a cluster, in which the stream is elsewhere and may move: use a Redis that is not \
             in cluster mode, or name with ?stream= in its URL a key that this node keeps"
        }
        (ErrorKind::MasterNameNotFoundBySentinel, _) => {
            "check the names of sentinels and master in its URL: redis+sentinel://host,host/mymaster"
        }
        (_, Some("NOAUTH")) => "give the password in its URL: redis://user:password@host",
        (_, Some("WRONGTYPE")) => "name another key with ?stream= in its URL",
        _ => "",
    }
}

pub(crate) fn describe(error: &RedisError) -> String {
    match error.kind() {
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => {
            "the server there is not Redis".to_owned()
        }
        ErrorKind::AuthenticationFailed => "it refuses this user and password".to_owned(),
        ErrorKind::MasterNameNotFoundBySentinel | ErrorKind::ClusterConnectionNotFound => {
            error.detail().unwrap_or_default().to_owned()
        }
        _ if error.is_timeout() => "it does not answer".to_owned(),
        _ if is_disconnect(error) => "it has closed the connection".to_owned(),
        _ => match (error.code(), error.detail()) {
            (Some(code), Some(detail)) => format!("{code} {detail}"),
            _ => error.to_string(),
        },
    }
}

/// True if a connection was made, and was closed.
pub(crate) fn is_disconnect(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal()
}

/// Puts a reason from outside on one line, so that it cannot pass for a log line of its own.
fn line(what: &str, advice: &str, settings: &Settings) -> String {
    let clean = |c: char| if c.is_control() || is_invisible(c) { ' ' } else { c };
    let what: String =
        settings.redact(what.to_owned()).chars().map(clean).take(MAX_REASON).collect();
    let semicolon = if advice.is_empty() { "" } else { "; " };
    format!("{what}{semicolon}{advice}")
}

/// True for characters that break a line or reorder its text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
}

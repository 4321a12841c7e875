//! What is wrong with Redis, for whoever runs it: what has happened, and what to do.
//!
//! The invariant: it is one line, and holds neither the URL nor the password. What Redis has said to a
//! password is not passed on, for a server that does not know the command repeats it.

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why there is no connection.
pub(crate) fn of_opening(error: &RedisError) -> String {
    let text = error.to_string();
    let advice = if error.kind() == ErrorKind::AuthenticationFailed {
        "its URL is redis://user:password@host, with %40 for @, %2F for /, %3A for :"
    } else if error.kind() == ErrorKind::Parse || error.is_timeout() || is_hang_up(error) {
        "check host, port and TLS: with it the URL begins with rediss://, without it with redis://"
    } else if error.is_connection_refusal() {
        "check that it runs there"
    } else if text.contains("certificate") {
        "what the system does not trust is trusted with ?ca=/path/to/ca.pem in its URL"
    } else if text.contains("switch database") {
        "its URL names a database that is there: redis://host/0"
    } else {
        return of(error);
    };
    format!("{}; {advice}", what(error))
}

/// Why Redis has not done what it was asked for.
pub(crate) fn of(error: &RedisError) -> String {
    let advice = match (error.kind(), error.code()) {
        (ErrorKind::Server(ServerErrorKind::NoPerm), _) => {
            "its user needs +ping +time +xadd +xlen +xrange +xrevrange +xread, and ~ with the stream's key"
        }
        (_, Some("NOAUTH")) => "give the password in its URL: redis://user:password@host",
        (_, Some("WRONGTYPE")) => "name another key with ?stream= in its URL",
        _ => return what(error),
    };
    format!("{}; {advice}", what(error))
}

fn what(error: &RedisError) -> String {
    match error.kind() {
        ErrorKind::Parse => "what answers is no Redis".to_owned(),
        ErrorKind::AuthenticationFailed => "it does not take this user and password".to_owned(),
        _ if error.is_timeout() => "it does not answer".to_owned(),
        _ if is_hang_up(error) => "it has closed the connection".to_owned(),
        _ => match (error.code(), error.detail()) {
            (Some(code), Some(detail)) => format!("{code} {detail}"),
            _ => error.to_string(),
        },
    }
}

/// Whether there was a connection.
fn is_hang_up(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal()
}

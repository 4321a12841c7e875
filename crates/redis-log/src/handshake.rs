//! The first commands on a connection: AUTH, SELECT, and ROLE to check that it is a master.

use redis::{ErrorKind, FromRedisValue, RedisError, RedisResult, Value, cmd};

use crate::url::Identity;
use crate::wire::Wire;

/// Sends AUTH, if there is a password. The error that Redis replies is not passed on: it may hold the password.
pub(crate) fn authenticate(wire: &mut Wire, identity: &Identity) -> RedisResult<()> {
    let Some(password) = &identity.password else { return Ok(()) };
    let user = identity.user.as_deref();
    let answer = authenticate_as(wire, user, password);
    let answer = match answer {
        // Before Redis 6 there were no users.
        Err(error) if user.is_some() && mentions(&error, "wrong number of arguments") => {
            authenticate_as(wire, None, password)
        }
        answer => answer,
    };
    answer.map_err(|error| {
        if mentions(&error, "max number of clients") {
            error
        } else if error.code().is_some() {
            (ErrorKind::AuthenticationFailed, "the password is refused").into()
        } else {
            error
        }
    })
}

fn authenticate_as(wire: &mut Wire, user: Option<&str>, password: &str) -> RedisResult<()> {
    let mut command = cmd("AUTH");
    if let Some(user) = user {
        command.arg(user);
    }
    command.arg(password).exec(wire)
}

fn mentions(error: &RedisError, what: &str) -> bool {
    error.detail().is_some_and(|detail| detail.contains(what))
}

pub(crate) fn select_database(wire: &mut Wire, database: i64) -> RedisResult<()> {
    if database == 0 { Ok(()) } else { cmd("SELECT").arg(database).exec(wire) }
}

/// Refuses a server that is no master: sentinels may name one that is not promoted yet, or was demoted.
pub(crate) fn check_is_master(wire: &mut Wire) -> RedisResult<()> {
    let role: Vec<Value> = cmd("ROLE").query(wire)?;
    let role = role.into_iter().next().map(String::from_redis_value).transpose()?;
    if role.as_deref() == Some("master") {
        return Ok(());
    }
    let why = "its sentinels name a server that is no master (yet); trying again".to_owned();
    Err((ErrorKind::ClusterConnectionNotFound, "no master", why).into())
}

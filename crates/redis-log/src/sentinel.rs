//! Finds the address of Redis: from the URL, or from one of its sentinels.

use redis::{ErrorKind, RedisError, RedisResult, cmd};

use crate::handshake::authenticate;
use crate::limits::TIMEOUT;
use crate::settings::Settings;
use crate::socket::Address;
use crate::wire::Wire;

/// The longest string of a sentinel that is kept, in bytes.
const MAX_STRING: usize = 1024;

/// Returns the present address of Redis.
pub(crate) fn locate(settings: &Settings) -> RedisResult<Address> {
    let addresses = settings.addresses();
    let Some(master) = settings.master() else {
        return addresses
            .first()
            .cloned()
            .ok_or_else(|| no_master("the URL names no server".into()));
    };
    let mut reasons = Vec::new();
    for sentinel in addresses {
        match master_address(sentinel, master, settings) {
            Ok(Some(address)) => return Ok(address),
            Ok(None) => reasons.push(format!("{sentinel} watches no master {master}")),
            Err(error) => {
                reasons.push(format!("{sentinel}: {}", crate::error_text::describe(&error)));
            }
        }
    }
    Err(no_master(format!("no sentinel says where {master} is: {}", reasons.join(", "))))
}

fn no_master(why: String) -> RedisError {
    (ErrorKind::MasterNameNotFoundBySentinel, "no master", why).into()
}

/// Asks a sentinel for the address of the master; `None` if it watches none of this name.
fn master_address(
    sentinel: &Address,
    master: &str,
    settings: &Settings,
) -> RedisResult<Option<Address>> {
    let mut wire = Wire::connect(sentinel, settings.tls(), TIMEOUT, MAX_STRING)?;
    authenticate(&mut wire, settings.sentinel_identity())?;
    let answer = match query_address(&mut wire, master) {
        // It wants a password, and the URL has only the one for Redis.
        Err(error)
            if error.code() == Some("NOAUTH")
                && settings.sentinel_identity().password.is_none() =>
        {
            authenticate(&mut wire, settings.identity())?;
            query_address(&mut wire, master)?
        }
        answer => answer?,
    };
    Ok(answer.map(|(host, port)| Address::Tcp(host, port)))
}

fn query_address(wire: &mut Wire, master: &str) -> RedisResult<Option<(String, u16)>> {
    cmd("SENTINEL").arg("get-master-addr-by-name").arg(master).query(wire)
}

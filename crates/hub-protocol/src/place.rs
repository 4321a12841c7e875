//! Where a hub listens when nobody has said where, and which group a name is: the same rules for the
//! extension and for `sse-hub`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, Gid, access},
    process::geteuid,
};

/// The environment variable with the URL of the Redis that a hub shares its events through. Not an option:
/// what is on a command line, everybody can read.
pub const REDIS_VARIABLE: &str = "SSE_HUB_REDIS";

/// The socket of this user's hub: `sse-<uid>/hub.sock` in the first of `/run/php`, `/run/user/<uid>` and
/// `/tmp` that this user may write to. It does not depend on the environment, so that a cron job finds
/// the hub of the web server.
#[must_use]
pub fn default_socket() -> PathBuf {
    let uid = geteuid().as_raw();
    let user = format!("/run/user/{uid}");
    let parents = ["/run/php", user.as_str()];
    let writable = |parent: &&str| access(*parent, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    let parent = parents.iter().find(|parent| writable(parent)).unwrap_or(&"/tmp");
    Path::new(parent).join(format!("sse-{uid}")).join("hub.sock")
}

/// The group of this name in `/etc/group`, or of this number.
///
/// # Errors
///
/// When there is none, or the file cannot be read.
pub fn group_id(group: &str) -> io::Result<Gid> {
    if let Ok(gid) = group.parse() {
        return Ok(Gid::from_raw(gid));
    }
    let groups = fs::read_to_string("/etc/group")?;
    let mut entries = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let entry = entries.find(|entry| entry.first() == Some(&group));
    let gid = entry.and_then(|entry| entry.get(2)?.parse().ok());
    let gid = gid.ok_or_else(|| io::Error::other(format!("there is no group {group}")))?;
    Ok(Gid::from_raw(gid))
}

//! Where a hub listens when nobody has said where, and which group a name is: the same rules for the
//! extension and for `sse-hub`.
//!
//! The invariant: where a hub is started depends on who starts it, and on nothing that comes and goes: not
//! on the environment, nor on whether somebody is logged in.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::unistd::Group;
use rustix::fs::{Access, Gid, access};
use rustix::process::geteuid;

/// The environment variable with the URL of the Redis that a hub shares its events through. Not an option:
/// what is on a command line, everybody can read.
pub const REDIS_VARIABLE: &str = "SSE_HUB_REDIS";

/// The file that a hub leaves beside its socket once it has served somebody: who publishes as its user from
/// the command line knows by that where streams are.
pub const SERVED: &str = "served";

/// Where PHP-FPM's packages let its user write, and nobody else.
const SERVICES: &str = "/run/php";

/// Where everybody may write.
const TEMPORARY: &str = "/tmp";

/// Where hubs of earlier releases were started while their user was logged in.
const LOGINS: &str = "/run/user";

/// From here on, users are people.
const FIRST_PERSON: u32 = 1000;

/// Where this user's hub is started: `sse-<uid>/hub.sock` in `/run/php`, or else in `/tmp`.
#[must_use]
pub fn default_socket() -> PathBuf {
    let writable = access(SERVICES, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    socket_in(Path::new(if writable { SERVICES } else { TEMPORARY }), geteuid().as_raw())
}

/// Where a hub of this user's may listen, in the order in which it is looked for: also where one cannot be
/// started any more. A place that somebody else has made is none.
#[must_use]
pub fn own_sockets() -> Vec<PathBuf> {
    let uid = geteuid().as_raw();
    let own = |socket: &PathBuf| socket.parent().is_some_and(|place| is_of(place, uid));
    all_own_sockets(uid).into_iter().filter(own).collect()
}

fn all_own_sockets(uid: u32) -> [PathBuf; 3] {
    let login = Path::new(LOGINS).join(uid.to_string());
    [Path::new(SERVICES), Path::new(TEMPORARY), &login].map(|parent| socket_in(parent, uid))
}

/// Where a hub of this user's is looked for before it is looked for at `socket`; none if that is not one of
/// the usual places.
#[must_use]
pub fn looked_for_before(socket: &Path) -> Vec<PathBuf> {
    let mut own = own_sockets();
    own.truncate(own.iter().position(|it| it == socket).unwrap_or_default());
    own
}

/// Whether a hub of this user's has served anybody.
#[must_use]
pub fn has_served() -> bool {
    own_sockets().iter().any(|socket| socket.with_file_name(SERVED).exists())
}

/// A place where somebody else's hub may listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The socket.
    pub socket: PathBuf,
    /// Whose directory it is in.
    pub uid: u32,
    /// The group of that directory.
    pub gid: u32,
    /// Whether it is a service's, as PHP-FPM is one, and no person's: nobody who may only log in can make
    /// such a place.
    pub is_service: bool,
}

/// The places of others. Root sees those too that a service has for itself.
#[must_use]
pub fn others() -> Vec<Location> {
    let mut parents = vec![PathBuf::from(SERVICES), PathBuf::from(TEMPORARY)];
    if geteuid().is_root() {
        parents.extend(entries(Path::new(LOGINS)));
        let private = entries(Path::new(TEMPORARY)).into_iter().filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("systemd-private-") && is_of(path, 0)
        });
        parents.extend(private.map(|path| path.join("tmp")));
    }
    let places = parents.iter().flat_map(|parent| entries(parent)).filter_map(|path| place(&path));
    places.filter(|place| place.uid != geteuid().as_raw()).collect()
}

fn place(directory: &Path) -> Option<Location> {
    let uid = directory.file_name()?.to_str()?.strip_prefix("sse-")?.parse().ok()?;
    let found = found(directory).filter(|found| is_safe(found, uid))?;
    let is_service = directory.starts_with(SERVICES) || uid < FIRST_PERSON;
    Some(Location { socket: directory.join("hub.sock"), uid, gid: found.gid(), is_service })
}

/// Whether this is a directory of this user's, that nobody else may write to.
fn is_of(directory: &Path, uid: u32) -> bool {
    found(directory).is_some_and(|found| is_safe(&found, uid))
}

fn is_safe(found: &Metadata, uid: u32) -> bool {
    found.is_dir() && found.uid() == uid && found.mode() & 0o022 == 0
}

fn found(path: &Path) -> Option<Metadata> {
    fs::symlink_metadata(path).ok()
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn socket_in(parent: &Path, uid: u32) -> PathBuf {
    parent.join(format!("sse-{uid}")).join("hub.sock")
}

/// Whether `/tmp` is this service's own (systemd's `PrivateTmp`): what is there, nobody else finds.
#[must_use]
pub fn has_private_tmp() -> bool {
    let read = |process: &str| fs::read_to_string(format!("/proc/{process}/mountinfo"));
    read("self").is_ok_and(|ours| is_private(&ours, read("1").ok().as_deref()))
}

/// Whether our `/tmp` is another one than that of the first process, as both list their mounts.
fn is_private(ours: &str, first: Option<&str>) -> bool {
    let ours = mounted_at_tmp(ours);
    let by_name = ours.is_some_and(|(_, root)| root.contains("/systemd-private-"));
    by_name || first.is_some_and(|first| mounted_at_tmp(first) != ours)
}

/// The device that is mounted there, and which directory of it: the last of those that are.
fn mounted_at_tmp(mounts: &str) -> Option<(&str, &str)> {
    let mut fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let tmp = fields.rfind(|fields| fields.get(4) == Some(&TEMPORARY))?;
    Some((tmp.get(2)?, tmp.get(3)?))
}

/// Finds the group of this name, in `/etc/group` or wherever else the system looks (LDAP, for one), or of this number.
///
/// # Errors
///
/// When there is none, or the system cannot look.
pub fn group_id(group: &str) -> io::Result<Gid> {
    if let Ok(gid) = group.parse() {
        return Ok(Gid::from_raw(gid));
    }
    let found = match Group::from_name(group) {
        // Some sources have no other way to say that there is none.
        Err(Errno::ENOENT | Errno::ESRCH) => None,
        found => found?,
    };
    let found = found.ok_or_else(|| io::Error::other(format!("there is no group {group}")))?;
    Ok(Gid::from_raw(found.gid.as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str =
        "28 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 28 0:26 / /tmp rw - tmpfs tmpfs rw\n";

    #[test]
    fn a_private_tmp_is_told_from_that_of_the_first_process() {
        let bound = format!(
            "{HOST}90 30 0:26 /systemd-private-1f-php-fpm.service-x/tmp /tmp rw - tmpfs tmpfs rw\n"
        );
        let apart = format!("{HOST}91 30 0:77 / /tmp rw - tmpfs tmpfs rw\n");
        let without = "28 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
        assert!(is_private(&bound, Some(HOST)) && is_private(&bound, None));
        assert!(is_private(&apart, Some(HOST)) && is_private(&apart, Some(without)));
        assert!(!is_private(HOST, Some(HOST)) && !is_private(HOST, None));
        assert!(!is_private(without, Some(without)) && !is_private(without, None));
    }

    #[test]
    fn a_group_has_a_name_or_a_number() {
        assert_eq!(group_id("root").unwrap(), Gid::ROOT);
        assert_eq!(group_id("54321").unwrap(), Gid::from_raw(54321), "one that nobody has named");
        for none in ["no such", "", "root:x", "root\0"] {
            let error = group_id(none).unwrap_err().to_string();
            assert_eq!(error, format!("there is no group {none}"));
        }
    }

    #[test]
    fn what_is_no_usual_place_has_none_before_it() {
        assert_eq!(looked_for_before(Path::new("/elsewhere/hub.sock")), Vec::<PathBuf>::new());
    }
}

//! Where hubs listen by default; the same rules for the extension and for `sse-hub`.
//!
//! The invariant: the default socket depends only on the user who starts the hub, and on nothing that comes and goes:
//! neither on the environment nor on whether somebody is logged in.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::unistd::Group;
use rustix::fs::{Access, Gid, access};
use rustix::process::geteuid;

/// The environment variable with the URL of the Redis through which a hub shares its events. It is not an option:
/// everybody can read a command line.
pub const REDIS_VARIABLE: &str = "SSE_HUB_REDIS";

/// The file that a hub leaves beside its socket once it has served a stream. A script on the command line that
/// publishes as the same user tells by it which hub has streams.
pub const SERVED: &str = "served";

/// The directory to which PHP-FPM's packages let only its user write.
const SERVICES: &str = "/run/php";

/// The directory to which everybody may write.
const TEMPORARY: &str = "/tmp";

/// The directory in which earlier releases started hubs while their user was logged in.
const LOGINS: &str = "/run/user";

/// The lowest uid of a person; lower ones belong to services.
const FIRST_PERSON: u32 = 1000;

/// Returns the socket where this user's hub is started: `sse-<uid>/hub.sock` in `/run/php`, or else in `/tmp`.
#[must_use]
pub fn default_socket() -> PathBuf {
    let writable = access(SERVICES, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    socket_in(Path::new(if writable { SERVICES } else { TEMPORARY }), geteuid().as_raw())
}

/// Returns the sockets where a hub of this user may listen, in the order in which to try them; some are of earlier
/// releases. Leaves out directories that somebody else has made.
#[must_use]
pub fn own_sockets() -> Vec<PathBuf> {
    let uid = geteuid().as_raw();
    let own = |socket: &PathBuf| socket.parent().is_some_and(|directory| is_of(directory, uid));
    all_own_sockets(uid).into_iter().filter(own).collect()
}

fn all_own_sockets(uid: u32) -> [PathBuf; 3] {
    let login = Path::new(LOGINS).join(uid.to_string());
    [Path::new(SERVICES), Path::new(TEMPORARY), &login].map(|parent| socket_in(parent, uid))
}

/// Returns the sockets to try before `socket` when looking for this user's hub; none if `socket` is not a default
/// one.
#[must_use]
pub fn looked_for_before(socket: &Path) -> Vec<PathBuf> {
    let mut own = own_sockets();
    own.truncate(own.iter().position(|it| it == socket).unwrap_or_default());
    own
}

/// True if a hub of this user has served a stream.
#[must_use]
pub fn has_served() -> bool {
    own_sockets().iter().any(|socket| socket.with_file_name(SERVED).exists())
}

/// A socket where somebody else's hub may listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The socket.
    pub socket: PathBuf,
    /// The owner of its directory.
    pub uid: u32,
    /// The group of that directory.
    pub gid: u32,
    /// True if it belongs to a service, such as PHP-FPM, and not to a person: nobody who can merely log in can create
    /// such a directory.
    pub is_service: bool,
}

/// Returns the locations of other users' hubs. Root also sees those in a service's private `/tmp`.
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
    let locations =
        parents.iter().flat_map(|parent| entries(parent)).filter_map(|path| location(&path));
    locations.filter(|location| location.uid != geteuid().as_raw()).collect()
}

fn location(directory: &Path) -> Option<Location> {
    let uid = directory.file_name()?.to_str()?.strip_prefix("sse-")?.parse().ok()?;
    let found = found(directory).filter(|found| is_safe(found, uid))?;
    let is_service = directory.starts_with(SERVICES) || uid < FIRST_PERSON;
    Some(Location { socket: directory.join("hub.sock"), uid, gid: found.gid(), is_service })
}

/// True if this is a directory of this user to which nobody else may write.
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

/// True if `/tmp` is this service's own (systemd's `PrivateTmp`): nobody else sees its files.
#[must_use]
pub fn has_private_tmp() -> bool {
    let read = |process: &str| fs::read_to_string(format!("/proc/{process}/mountinfo"));
    read("self").is_ok_and(|ours| is_private(&ours, read("1").ok().as_deref()))
}

/// True if our `/tmp` differs from that of the first process, as both list their mounts.
fn is_private(ours: &str, first: Option<&str>) -> bool {
    let ours = mounted_at_tmp(ours);
    let by_name = ours.is_some_and(|(_, root)| root.contains("/systemd-private-"));
    by_name || first.is_some_and(|first| mounted_at_tmp(first) != ours)
}

/// Returns the device that is mounted at `/tmp`, and which of its directories; the last mount there wins.
fn mounted_at_tmp(mounts: &str) -> Option<(&str, &str)> {
    let mut fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let tmp = fields.rfind(|fields| fields.get(4) == Some(&TEMPORARY))?;
    Some((tmp.get(2)?, tmp.get(3)?))
}

/// Finds a group by its number or its name, in `/etc/group` or wherever else the system looks (LDAP, for one).
///
/// # Errors
///
/// When there is no such group, or the lookup fails.
pub fn group_id(group: &str) -> io::Result<Gid> {
    if let Ok(gid) = group.parse() {
        return Ok(Gid::from_raw(gid));
    }
    let found = match Group::from_name(group) {
        // Some sources report a missing group as an error.
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
    fn a_socket_that_is_no_default_has_none_before_it() {
        assert_eq!(looked_for_before(Path::new("/elsewhere/hub.sock")), Vec::<PathBuf>::new());
    }
}

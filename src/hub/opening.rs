//! A connection to a hub, if it is one to be trusted.
//!
//! The invariant: more than a hello is said to nobody but a hub of this user's, or of root's, or one that is
//! open to the group that shares it; root trusts whoever has the place to himself. No link of somebody
//! else's is followed on the way, and the hub publishes through the Redis that is meant.

use std::fs::{Metadata, symlink_metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::Instant;

use hub_protocol::location::group_id;
use hub_protocol::{Client, ClientError, redis_name, socket::peer};
use rustix::process::{Uid, geteuid};

use super::connection::{ANSWERS, HubConnection, note_silence};
use super::error::HubError;
use super::settings::{PATIENCE, Settings};

/// Why a place is looked at.
#[derive(Clone, Copy)]
pub(super) enum Trust {
    /// It is named by the settings, or this user's own.
    Named,
    /// It is in a directory of this user's.
    Owner(u32),
}

/// A new connection to the hub that listens there.
///
/// # Errors
///
/// [`HubError::Absent`] when nobody does.
pub(super) fn open(
    settings: &Settings,
    socket: &Path,
    trust: Trust,
) -> Result<HubConnection, HubError> {
    let now = Instant::now();
    if !ANSWERS.is_closed(now) {
        return Err(HubError::Resting(ANSWERS.why()));
    }
    follow_no_link_of_others(socket)?;
    let client = Client::connect(socket, now + PATIENCE).map_err(|error| match error {
        // It listens, and has not taken anybody in for a while.
        ClientError::TimedOut => unanswered(trust, error),
        // It does not know this user, or is about to end.
        ClientError::Io(error) if is_hang_up(&error) => {
            HubError::Refused("it has closed the connection".to_owned())
        }
        ClientError::Io(error) if error.kind() == ErrorKind::PermissionDenied => {
            let why = closed(socket, &error);
            // One who may not look at a place that is named is told more by the hub that is started there.
            let is_tried = settings.socket.is_some() && settings.spawns;
            if is_tried { HubError::Absent(why) } else { HubError::Unfit(why) }
        }
        error => HubError::Absent(nobody_at(socket, error)),
    })?;
    vet(settings, socket, trust, client)
}

/// Who listens there would get our clients' connections, and what is published.
pub(super) fn vet(
    settings: &Settings,
    socket: &Path,
    trust: Trust,
    client: Client,
) -> Result<HubConnection, HubError> {
    let owner = peer(&client).map_err(|error| HubError::Refused(error.to_string()))?.uid;
    let is_ours = owner == geteuid() || owner.is_root();
    if !(is_ours || is_shared(settings, socket, owner) || is_for_root(socket, trust, owner)) {
        return Err(HubError::Refused(format!(
            "{} is user {}'s, who is not trusted with it; name another place (sse.hub_socket), or the group \
             that shares a hub (sse.hub_group)",
            socket.display(),
            owner.as_raw()
        )));
    }
    check_redis(settings, trust, HubConnection::new(client, socket))
}

/// Whether this user has opened the socket to the group: nobody can give a file to a group without being
/// in it.
fn is_shared(settings: &Settings, socket: &Path, owner: Uid) -> bool {
    // Without one, nothing is looked up: that may ask a server.
    if settings.group.is_empty() {
        return false;
    }
    let Ok(group) = group_id(&settings.group) else { return false };
    symlink_metadata(socket).is_ok_and(|socket| {
        socket.file_type().is_socket()
            && socket.uid() == owner.as_raw()
            && socket.gid() == group.as_raw()
    })
}

/// Root uses a hub of anybody's who has its directory to himself: nobody else can listen there.
fn is_for_root(socket: &Path, trust: Trust, owner: Uid) -> bool {
    let is_expected = match trust {
        Trust::Named => true,
        Trust::Owner(uid) => uid == owner.as_raw(),
    };
    let directory = socket.parent().and_then(|directory| symlink_metadata(directory).ok());
    let has_it_to_himself = |directory: Metadata| {
        directory.is_dir() && directory.uid() == owner.as_raw() && directory.mode() & 0o022 == 0
    };
    geteuid().is_root() && is_expected && directory.is_some_and(has_it_to_himself)
}

/// Whoever has named a Redis means that one, and not that of who has started the hub.
fn check_redis(
    settings: &Settings,
    trust: Trust,
    mut hub: HubConnection,
) -> Result<HubConnection, HubError> {
    if settings.redis.is_empty() {
        return Ok(hub);
    }
    let deadline = Instant::now() + PATIENCE;
    let introduction = hub.introduction(deadline).map_err(|error| match error {
        ClientError::TimedOut => unanswered(trust, error),
        ClientError::Io(_) => HubError::Refused("it has closed the connection".to_owned()),
        error => HubError::from(error),
    })?;
    if introduction.redis.as_ref() == Some(&redis_name(&settings.redis)) {
        return Ok(hub);
    }
    let place = hub.socket().display();
    Err(HubError::Unfit(match introduction.redis {
        None => format!(
            "the hub at {place} has no Redis, and sse.hub_redis names one: whoever has started it had no \
             such setting, a script on the command line perhaps. Set it in every php.ini, and end that hub \
             (sse-hub stop --socket {place}); the next one has it"
        ),
        Some(theirs) => format!(
            "the hub at {place} publishes through {theirs}, and sse.hub_redis names another Redis: pools of \
             one user that have a Redis each need a hub each (sse.hub_socket); if it has changed, end that \
             hub (sse-hub stop --socket {place})"
        ),
    }))
}

/// Notes that the hub does not answer; that of somebody else keeps nobody from asking another one.
fn unanswered(trust: Trust, error: ClientError) -> HubError {
    if matches!(trust, Trust::Named) {
        note_silence(&error);
    }
    error.into()
}

/// Whoever can put a link on the way could lead this user to any socket.
fn follow_no_link_of_others(socket: &Path) -> Result<(), HubError> {
    let is_theirs = |found: &Metadata| {
        found.is_symlink() && found.uid() != 0 && found.uid() != geteuid().as_raw()
    };
    for path in socket.ancestors() {
        if let Some(link) = symlink_metadata(path).ok().filter(is_theirs) {
            return Err(HubError::Refused(format!(
                "{} is a link of user {}'s, and is not followed: remove it, or name another place \
                 (sse.hub_socket)",
                path.display(),
                link.uid()
            )));
        }
    }
    Ok(())
}

/// What to do where nobody listens.
pub(super) fn nobody_at(socket: &Path, why: impl std::fmt::Display) -> String {
    format!(
        "{}: {why}; start one (sse-hub serve), or let the extension do it (sse.hub_spawn=1)",
        socket.display()
    )
}

/// What to do where somebody may listen who is not for this user.
fn closed(socket: &Path, error: &io::Error) -> String {
    let owner = socket.parent().and_then(|directory| symlink_metadata(directory).ok());
    let owner = owner.map_or_else(|| "another user".to_owned(), |it| format!("user {}", it.uid()));
    format!(
        "{}: {error}: it is for {owner}, and this is user {}; run the script as that user, open that hub \
         to a group of this one (sse.hub_group), or name another place (sse.hub_socket)",
        socket.display(),
        geteuid().as_raw()
    )
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
}

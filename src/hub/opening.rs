//! Connects to a hub and checks that it can be trusted: its user, its directory, its Redis.
//!
//! The invariant: nothing but a hello is sent to a hub unless it is this user's or root's, or open to the group that
//! shares it; root also trusts a hub whose user alone can write to its directory. No symbolic link of another user is
//! followed on the way, and the hub publishes through the Redis that is set.

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

/// The reason for which a socket is tried, which decides who may own it.
#[derive(Clone, Copy)]
pub(super) enum Trust {
    /// The settings name it, or it is this user's own.
    Named,
    /// It is in a directory of the user with this uid.
    Owner(u32),
}

/// Opens a connection to the hub that listens on `socket`.
///
/// # Errors
///
/// [`HubError::Absent`] when none does; other [`HubError`]s when it may not be used.
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
        // The hub listens, and has accepted nobody for a while.
        ClientError::TimedOut => unanswered(trust, error),
        // The hub does not trust this user, or is about to exit.
        ClientError::Io(error) if is_hang_up(&error) => {
            HubError::Refused("it has closed the connection".to_owned())
        }
        ClientError::Io(error) if error.kind() == ErrorKind::PermissionDenied => {
            let why = closed(socket, &error);
            // If this user may not look into a directory that is set, starting the hub there gives a better error.
            let is_tried = settings.socket.is_some() && settings.spawns;
            if is_tried { HubError::Absent(why) } else { HubError::Unfit(why) }
        }
        error => HubError::Absent(nobody_at(socket, error)),
    })?;
    vet(settings, socket, trust, client)
}

/// Checks who listens: he gets the connections of our clients, and all that is published.
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

/// True if the owner has opened the socket to the group of the settings: only a member can give a file to a group.
fn is_shared(settings: &Settings, socket: &Path, owner: Uid) -> bool {
    // An empty name is not looked up: that may ask a directory server.
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

/// True if root may use a hub: its user alone can write to its directory, so nobody else can listen there.
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

/// Checks that the hub uses the Redis that is set, and not that of the user who has started it.
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
    let path = hub.socket().display();
    Err(HubError::Unfit(match introduction.redis {
        None => format!(
            "the hub at {path} has no Redis, and sse.hub_redis names one: whoever has started it had no \
             such setting, a script on the command line perhaps. Set it in every php.ini, and end that hub \
             (sse-hub stop --socket {path}); the next one has it"
        ),
        Some(theirs) => format!(
            "the hub at {path} publishes through {theirs}, and sse.hub_redis names another Redis: pools of \
             one user that have a Redis each need a hub each (sse.hub_socket); if it has changed, end that \
             hub (sse-hub stop --socket {path})"
        ),
    }))
}

/// Notes that the hub does not reply. A silent hub of somebody else must not keep anybody from asking another one.
fn unanswered(trust: Trust, error: ClientError) -> HubError {
    if matches!(trust, Trust::Named) {
        note_silence(&error);
    }
    error.into()
}

/// Refuses symbolic links of other users: they could lead this user to any socket.
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

/// Says what to do if nobody listens.
pub(super) fn nobody_at(socket: &Path, why: impl std::fmt::Display) -> String {
    format!(
        "{}: {why}; start one (sse-hub serve), or let the extension do it (sse.hub_spawn=1)",
        socket.display()
    )
}

/// Says what to do if the hub that may listen there belongs to another user.
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

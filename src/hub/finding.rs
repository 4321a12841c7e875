//! Finds the hub to talk to: the one that is set, the user's own, or the only one there is.
//!
//! The invariant: publishing where nobody listens is an error, as long as somebody may listen elsewhere. Scripts of a
//! server use the hub of their own user. A script on the command line, cron above all, publishes to the hub that has
//! streams: its user's, if that has served any, or else the only one that listens.

use std::path::PathBuf;

use hub_protocol::location::{self, Location, default_socket};
use rustix::process::geteuid;

use super::connection::HubConnection;
use super::error::HubError;
use super::opening::{Trust, nobody_at, open};
use super::settings::Settings;

/// A connection to a hub.
pub(super) struct Found {
    pub(super) hub: HubConnection,
    /// True if later requests may use the same connection; otherwise a better hub may be there by then.
    pub(super) is_settled: bool,
}

impl Found {
    pub(super) fn settled(hub: HubConnection) -> Self {
        Self { hub, is_settled: true }
    }
}

/// The socket where a hub is to be started, and the user to start it as, if not this one.
pub(super) struct Start {
    pub(super) socket: PathBuf,
    /// The user and the group.
    pub(super) owner: Option<(u32, u32)>,
}

/// Opens a connection to the hub that listens.
///
/// # Errors
///
/// [`HubError::Absent`] when none does; [`HubError::Unfit`] when this user may not use the one that does.
pub(super) fn find(settings: &Settings) -> Result<Found, HubError> {
    match &settings.socket {
        Some(socket) => open(settings, socket, Trust::Named).map(Found::settled),
        None if settings.serves => own(settings).map(Found::settled),
        None if geteuid().is_root() => for_root(settings),
        None => for_user(settings),
    }
}

/// Returns the socket where to start a hub. Root starts it in the location of the one service that has had one.
pub(super) fn where_to_start(settings: &Settings) -> Start {
    if let Some(socket) = &settings.socket {
        return Start { socket: socket.clone(), owner: None };
    }
    if geteuid().is_root() && !settings.serves && !location::has_served() {
        let services = location::others().into_iter().filter(|location| {
            location.is_service && location.socket.with_file_name(location::SERVED).exists()
        });
        if let [Location { socket, uid, gid, .. }] = services.collect::<Vec<_>>().as_slice() {
            return Start { socket: socket.clone(), owner: Some((*uid, *gid)) };
        }
    }
    Start { socket: default_socket(), owner: None }
}

/// Opens a connection to this user's own hub.
fn own(settings: &Settings) -> Result<HubConnection, HubError> {
    let mut absence = None;
    for socket in location::own_sockets() {
        match open(settings, &socket, Trust::Named) {
            Err(HubError::Absent(why)) => absence = absence.or(Some(why)),
            found => return found,
        }
    }
    let nowhere = || nobody_at(&default_socket(), "no such directory");
    Err(HubError::Absent(absence.unwrap_or_else(nowhere)))
}

fn for_user(settings: &Settings) -> Result<Found, HubError> {
    let own = own(settings);
    if location::has_served() || !matches!(own, Ok(_) | Err(HubError::Absent(_))) {
        return own.map(Found::settled);
    }
    let (mut open_to_us, mut closed) = (Vec::new(), Vec::new());
    // A hub that root has started for itself takes no events of other users.
    for location in location::others().into_iter().filter(|location| location.uid != 0) {
        match open(settings, &location.socket, Trust::Owner(location.uid)) {
            Ok(hub) => open_to_us.push((location.socket, hub)),
            Err(HubError::Absent(_)) => {}
            Err(error) => closed.push(error),
        }
    }
    match (only(open_to_us)?, closed.into_iter().next()) {
        (Some(hub), _) => Ok(Found::settled(hub)),
        (None, Some(why)) => Err(why),
        (None, None) => own.map(|hub| Found { hub, is_settled: false }),
    }
}

fn for_root(settings: &Settings) -> Result<Found, HubError> {
    let own = own(settings);
    let (services, people): (Vec<_>, Vec<_>) =
        location::others().into_iter().partition(|location| location.is_service);
    let listening = |locations: Vec<Location>| {
        let opened = locations.into_iter().filter_map(|location| {
            let hub = open(settings, &location.socket, Trust::Owner(location.uid)).ok()?;
            Some((location.socket, hub))
        });
        opened.collect::<Vec<_>>()
    };
    let mut hubs = listening(services);
    let own = match own {
        Ok(hub) if location::has_served() => {
            hubs.push((hub.socket().to_owned(), hub));
            None
        }
        own => Some(own),
    };
    let found = match only(hubs)? {
        None => only(listening(people))?,
        found => found,
    };
    match (found, own) {
        (Some(hub), _) => Ok(Found::settled(hub)),
        (None, Some(own)) => own.map(|hub| Found { hub, is_settled: false }),
        (None, None) => Err(HubError::Absent("it has just ended".to_owned())),
    }
}

/// Returns the hub if there is exactly one, and fails if there are several.
fn only(mut hubs: Vec<(PathBuf, HubConnection)>) -> Result<Option<HubConnection>, HubError> {
    if hubs.len() > 1 {
        let list: Vec<_> = hubs.iter().map(|(socket, _)| socket.display().to_string()).collect();
        let list = list.join(", ");
        return Err(HubError::Unfit(format!(
            "there are several, and sse.hub_socket says which: {list}"
        )));
    }
    Ok(hubs.pop().map(|(_, hub)| hub))
}

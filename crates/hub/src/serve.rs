//! `sse-hub serve`: sets up a hub, or takes over from the program before, and runs it.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Instant;

use hub_protocol::EventId;
use hub_protocol::location::group_id;
use rustix::fs::Gid;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, setsid};

use crate::backlog::Backlog;
use crate::config::Config;
use crate::control::Control;
use crate::core::{Core, NewSubscriber};
use crate::ids::Ids;
use crate::leases::Leases;
use crate::location_error::{LocationError, Problem};
use crate::log::{Log, SharedLog};
use crate::process::journal::note;
use crate::process::signals::Signals;
use crate::process::systemd;
use crate::shard::Subscriber;
use crate::socket::connection::Connection;
use crate::socket::listener::Listener;
use crate::start_error::StartError;
use crate::upgrade;
use crate::upgrade::{Snapshot, SnapshotRef};

/// The line that is printed to stdout once the hub listens; `sse-hub launch` waits for it.
pub const LISTENING: &str = "listening";

/// Runs a hub until it is asked to end.
///
/// # Errors
///
/// When it cannot be set up.
pub fn serve(config: Config) -> Result<(), StartError> {
    if config.spawned {
        // The hub must not end with the terminal or the service that started PHP.
        let _ = setsid();
    }
    raise_descriptor_limit();
    if config.carries {
        return carry(&config);
    }
    let signals = Signals::listen().map_err(StartError::System)?;
    let path = config.socket.display().to_string();
    let control = if config.takes_over {
        inherit(config, signals)?
    } else {
        let control = set_up(config, signals)?;
        announce();
        control
    };
    note!("version {} listening on {path}", env!("CARGO_PKG_VERSION"));
    systemd::ready();
    control.run();
    Ok(())
}

/// Sets up a new hub.
fn set_up(config: Config, signals: Signals) -> Result<Control, StartError> {
    let listener = Listener::bind(&config.socket, group(config.group.as_deref())?)?;
    let log = log(&config, EventId::ZERO, None)?;
    let mut backlog = Backlog::new(config.backlog, log.last());
    backlog.note_lost(log.lost(Instant::now()));
    let core = Core::new(&config, log, backlog, Leases::default()).map_err(StartError::System)?;
    Control::new(config, core, listener, signals).map_err(StartError::System)
}

/// The state that a program has received from the one before.
struct Inheritance {
    listener: Listener,
    backlog: Backlog,
    log_stood: (EventId, Option<EventId>),
    streams: Vec<Subscriber>,
    joining: Vec<NewSubscriber>,
    connections: Vec<Connection>,
}

impl Inheritance {
    /// Receives it; the channel that it came through is for the reply.
    fn take(config: &Config, leases: &Leases) -> Result<(Self, UnixStream), StartError> {
        let (snapshot, channel) = upgrade::receive(leases).map_err(StartError::TakeOver)?;
        let Snapshot { listener, lock, backlog, streams, joining, connections } = snapshot;
        let (newest, began) = (backlog.newest, backlog.began);
        let backlog = Backlog::restored(config.backlog, backlog);
        let group = group(config.group.as_deref())?;
        let listener = Listener::inherited(&config.socket, group, listener, lock);
        let log_stood = (newest, began.and(Some(newest)));
        Ok((Self { listener, backlog, log_stood, streams, joining, connections }, channel))
    }
}

/// The courier: receives everything, checks that a hub could use it, and sends it back.
fn carry(config: &Config) -> Result<(), StartError> {
    let (carried, channel) = Inheritance::take(config, &Leases::default())?;
    if config.redis.is_none() {
        alone(config, carried.log_stood.0)?;
    }
    let connections: Vec<&Connection> = carried.connections.iter().collect();
    let snapshot = SnapshotRef {
        listener: &carried.listener,
        backlog: &carried.backlog,
        streams: &carried.streams,
        joining: &carried.joining,
        connections: &connections,
        asker: None,
    };
    upgrade::carry(&channel, &snapshot).map_err(StartError::HandOver)
}

/// Sets up a hub with the state of the program before.
fn inherit(config: Config, signals: Signals) -> Result<Control, StartError> {
    let leases = Leases::default();
    let (inherited, _) = Inheritance::take(&config, &leases)?;
    let Inheritance { listener, backlog, log_stood, streams, joining, connections } = inherited;
    let log = log(&config, log_stood.0, log_stood.1)?;
    let mut core = Core::new(&config, log, backlog, leases).map_err(StartError::System)?;
    note!("upgraded, {} streams taken over", streams.len());
    core.restore(streams);
    for joining in joining {
        core.subscribe(joining, Instant::now());
    }
    let mut control = Control::new(config, core, listener, signals).map_err(StartError::System)?;
    control.inherit(connections);
    Ok(control)
}

/// Makes the log: its ids follow the newest that is known here, or it follows Redis from where the program before had
/// come to.
fn log(config: &Config, newest: EventId, followed: Option<EventId>) -> Result<Log, StartError> {
    if let Some(settings) = &config.redis {
        note!("sharing events through Redis at {settings}");
        let shared = SharedLog::start(Arc::clone(settings), followed);
        return shared.map(Log::Shared).map_err(StartError::Redis);
    }
    Ok(Log::Local(alone(config, newest)?))
}

fn alone(config: &Config, newest: EventId) -> Result<Ids, LocationError> {
    let last_id = config.socket.with_file_name("last-id");
    let ids = Ids::open(&last_id, newest);
    ids.map_err(|error| LocationError::new(&last_id, Problem::NotOpened(error)))
}

/// Looks up the group of this name or number.
fn group(group: Option<&str>) -> Result<Option<Gid>, StartError> {
    group.map(group_id).transpose().map_err(StartError::Group)
}

/// Prints that the hub listens; stdout may be closed.
fn announce() {
    let mut stdout = io::stdout();
    drop(writeln!(stdout, "{LISTENING}").and_then(|()| stdout.flush()));
}

/// Raises the limit of open files as far as allowed: each stream takes one.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        let current = limit.current.unwrap_or(u64::MAX);
        note!("cannot raise the limit of {current} open files: {error}");
    }
}

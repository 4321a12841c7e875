//! Sets a hub up, and runs it.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Instant;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, setsid};

use hub_protocol::EventId;

use crate::backlog::Backlog;
use crate::config::Config;
use crate::control::Control;
use crate::core::{Core, NewSubscriber};
use crate::ids::Ids;
use crate::leases::Leases;
use crate::log::{Log, SharedLog};
use crate::process::journal::note;
use crate::process::signals::Signals;
use crate::process::systemd;
use crate::shard::Subscriber;
use crate::socket::connection::Connection;
use crate::socket::listener::Listener;
use crate::upgrade;
use crate::upgrade::{Snapshot, SnapshotRef};

/// What is printed on stdout once the hub listens; who has started it waits for that.
pub const LISTENING: &str = "listening";

/// Runs a hub until it is asked to end.
///
/// # Errors
///
/// In words, when it cannot be set up.
pub fn serve(config: Config) -> Result<(), String> {
    if config.spawned {
        // Not to end with the terminal or the service that PHP was started from.
        let _ = setsid();
    }
    raise_descriptor_limit();
    if config.carries {
        return carry(&config);
    }
    let signals = Signals::listen().map_err(fail)?;
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

/// What is said when the system has no more of something.
#[expect(clippy::needless_pass_by_value, reason = "it is what errors are mapped with")]
fn fail(error: io::Error) -> String {
    format!("cannot set up the hub: {error}")
}

/// A hub without a past.
fn set_up(config: Config, signals: Signals) -> Result<Control, String> {
    let listener = Listener::bind(&config.socket, config.group.as_deref())?;
    let log = log(&config, EventId::ZERO, None)?;
    let mut backlog = Backlog::new(config.backlog, log.last());
    backlog.note_lost(log.lost(Instant::now()));
    let core = Core::new(&config, log, backlog, Leases::default()).map_err(fail)?;
    Control::new(config, core, listener, signals).map_err(fail)
}

/// What a program has got from the one before.
struct Inheritance {
    listener: Listener,
    backlog: Backlog,
    log_stood: (EventId, Option<EventId>),
    streams: Vec<Subscriber>,
    joining: Vec<NewSubscriber>,
    connections: Vec<Connection>,
}

impl Inheritance {
    /// Takes it; what it comes through is the answer, too.
    fn take(config: &Config, leases: &Leases) -> Result<(Self, UnixStream), String> {
        let (snapshot, channel) = upgrade::receive(leases)
            .map_err(|error| format!("cannot take over from the running hub: {error}"))?;
        let Snapshot { listener, lock, backlog, streams, joining, connections } = snapshot;
        let (newest, began) = (backlog.newest, backlog.began);
        let backlog = Backlog::restored(config.backlog, backlog);
        let group = config.group.as_deref();
        let listener = Listener::inherited(&config.socket, group, listener, lock)?;
        let log_stood = (newest, began.and(Some(newest)));
        Ok((Self { listener, backlog, log_stood, streams, joining, connections }, channel))
    }
}

/// Takes everything, makes sure that a hub could go on with it, and gives it back.
fn carry(config: &Config) -> Result<(), String> {
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
    upgrade::carry(&channel, &snapshot)
        .map_err(|error| format!("cannot hand over to the new hub: {error}"))
}

/// The hub that goes on with what the program before has left.
fn inherit(config: Config, signals: Signals) -> Result<Control, String> {
    let leases = Leases::default();
    let (inherited, _) = Inheritance::take(&config, &leases)?;
    let Inheritance { listener, backlog, log_stood, streams, joining, connections } = inherited;
    let log = log(&config, log_stood.0, log_stood.1)?;
    let mut core = Core::new(&config, log, backlog, leases).map_err(fail)?;
    note!("upgraded, {} streams taken over", streams.len());
    core.restore(streams);
    for joining in joining {
        core.subscribe(joining, Instant::now());
    }
    let mut control = Control::new(config, core, listener, signals).map_err(fail)?;
    control.inherit(connections);
    Ok(control)
}

/// Where events get their ids: after the newest that is known here, or in Redis from where it was followed
/// to.
fn log(config: &Config, newest: EventId, followed: Option<EventId>) -> Result<Log, String> {
    if let Some(settings) = &config.redis {
        note!("sharing events through Redis at {settings}");
        let shared = SharedLog::start(Arc::clone(settings), followed);
        return shared.map(Log::Shared).map_err(|error| format!("cannot use Redis: {error}"));
    }
    alone(config, newest).map(Log::Local)
}

fn alone(config: &Config, newest: EventId) -> Result<Ids, String> {
    let last_id = config.socket.with_file_name("last-id");
    let ids = Ids::open(&last_id, newest);
    ids.map_err(|error| format!("{}: cannot be opened: {error}", last_id.display()))
}

/// Says that the hub listens; there may be nobody to hear it.
fn announce() {
    let mut stdout = io::stdout();
    drop(writeln!(stdout, "{LISTENING}").and_then(|()| stdout.flush()));
}

/// As many descriptors as the system lets us have: each stream takes one.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        let current = limit.current.unwrap_or(u64::MAX);
        note!("cannot raise the limit of {current} open files: {error}");
    }
}

//! Sets a hub up, and runs it.

use std::{
    io::{self, Write},
    os::unix::net::UnixStream,
    sync::Arc,
    time::Instant,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, setsid};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    low_level::pipe,
};

use hub_protocol::EventId;

use crate::{
    backlog::Backlog,
    config::Config,
    control::{Control, Listener},
    core::Core,
    ids::Ids,
    journal::note,
    leases::Leases,
    log::{Log, Shared},
    notify::notify,
    upgrade::{self, Estate},
};

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
    let signals = signals().map_err(fail)?;
    let path = config.socket.display().to_string();
    let control =
        if config.takes_over { inherit(config, signals)? } else { set_up(config, signals)? };
    note!("version {} listens at {path}", env!("CARGO_PKG_VERSION"));
    announce();
    notify("READY=1");
    control.run();
    Ok(())
}

/// What is said when the system has no more of something.
#[expect(clippy::needless_pass_by_value, reason = "it is what errors are mapped with")]
fn fail(error: io::Error) -> String {
    format!("the hub cannot be set up: {error}")
}

/// A hub without a past.
fn set_up(config: Config, signals: UnixStream) -> Result<Control, String> {
    let listener = Listener::bind(&config.socket, config.group.as_deref())?;
    let log = log(&config, EventId::ZERO, None)?;
    let mut backlog = Backlog::new(config.backlog, log.last());
    backlog.note_lost(log.lost(Instant::now()));
    let core = Core::new(&config, log, backlog, Leases::default()).map_err(fail)?;
    Control::new(config, core, listener, signals).map_err(fail)
}

/// The hub that takes the place of the one that has started it.
fn inherit(config: Config, signals: UnixStream) -> Result<Control, String> {
    let leases = Leases::default();
    let fail_to_inherit = |error| format!("nothing can be taken over from the old hub: {error}");
    let (mut estate, succession) = upgrade::receive(&leases).map_err(fail_to_inherit)?;
    let backlog = Backlog::restored(config.backlog, &mut estate);
    let Estate { listener, lock, newest, began, streams, joining, connections, .. } = estate;
    let listener = Listener::inherited(&config.socket, config.group.as_deref(), listener, lock)?;
    let log = log(&config, newest, began.and(Some(newest)))?;
    let mut core = Core::new(&config, log, backlog, leases).map_err(fail)?;
    // Only now: had anything failed so far, the old hub would go on.
    succession.enter().map_err(fail_to_inherit)?;
    core.hold(streams);
    for joining in joining {
        core.join(joining, Instant::now());
    }
    let mut control = Control::new(config, core, listener, signals).map_err(fail)?;
    control.inherit(connections);
    Ok(control)
}

/// Where events get their ids: after the newest that is known here, or in Redis from where it was followed
/// to.
fn log(config: &Config, newest: EventId, followed: Option<EventId>) -> Result<Log, String> {
    if let Some(settings) = &config.redis {
        note!("events are shared through Redis at {settings}");
        let shared = Shared::start(Arc::clone(settings), followed);
        return shared.map(Log::Shared).map_err(|error| format!("Redis cannot be used: {error}"));
    }
    let last_id = config.socket.with_file_name("last-id");
    let ids = Ids::open(&last_id, newest);
    ids.map(Log::Alone).map_err(|error| format!("{}: cannot be opened: {error}", last_id.display()))
}

/// Says that the hub listens; there may be nobody to hear it.
fn announce() {
    let mut stdout = io::stdout();
    drop(writeln!(stdout, "{LISTENING}").and_then(|()| stdout.flush()));
}

/// A socket that a byte comes to when the process is asked to end.
fn signals() -> io::Result<UnixStream> {
    let (reader, writer) = UnixStream::pair()?;
    reader.set_nonblocking(true)?;
    for signal in [SIGTERM, SIGINT] {
        pipe::register(signal, writer.try_clone()?)?;
    }
    Ok(reader)
}

/// As many descriptors as the system lets us have: each stream takes one.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if setrlimit(Resource::Nofile, raised).is_err() {
        note!("the limit of {:?} descriptors cannot be raised", limit.current);
    }
}

//! Sets a hub up, and runs it.

use std::{
    io::{self, Write},
    os::unix::net::UnixStream,
    sync::Arc,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, setsid};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    low_level::pipe,
};

use crate::{
    config::Config,
    control::{Control, Listener},
    core::Core,
    ids::Ids,
    journal::note,
    log::{Log, Shared},
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
    let listener = Listener::bind(&config.socket, config.group.as_deref())?;
    let fail = |error: io::Error| format!("the hub cannot be set up: {error}");
    let signals = signals().map_err(fail)?;
    let log = log(&config)?;
    let core = Core::new(&config, log).map_err(fail)?;
    let path = config.socket.display().to_string();
    let control = Control::new(config, core, listener, signals).map_err(fail)?;
    note!("version {} listens at {path}", env!("CARGO_PKG_VERSION"));
    announce();
    control.run();
    Ok(())
}

/// Where events get their ids.
fn log(config: &Config) -> Result<Log, String> {
    if let Some(settings) = &config.redis {
        note!("events are shared through Redis at {settings}");
        let shared = Shared::start(Arc::clone(settings), None);
        return shared.map(Log::Shared).map_err(|error| format!("Redis cannot be used: {error}"));
    }
    let last_id = config.socket.with_file_name("last-id");
    let ids = Ids::open(&last_id);
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

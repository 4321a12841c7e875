//! Starts a hub: runs `sse-hub launch` and waits until it listens.

use std::fmt::Display;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hub_protocol::{Client, location::REDIS_VARIABLE};
use parking_lot::Mutex;

use super::error::HubError;
use super::finding::Start;
use super::settings::{PATIENCE, Settings};
use crate::sapi::sys::process;

/// The time without a stream or a request after which a hub that was started here exits, in seconds.
const IDLE_EXIT: &str = "600";

/// The interval at which the launcher is checked.
const LOOK: Duration = Duration::from_millis(2);

/// The path of a process that has none: PHP-FPM clears the environment of its workers.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Launchers that had not exited within their time: reaped later.
static UNENDED: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// Starts a hub, and waits until it listens.
///
/// # Errors
///
/// [`HubError::Absent`] when it does not listen within [`PATIENCE`].
pub(super) fn spawn(settings: &Settings, start: &Start) -> Result<Client, HubError> {
    let deadline = Instant::now() + PATIENCE;
    let program = program(settings);
    let mut command = Command::new(&program);
    command.arg("launch").arg("--socket").arg(&start.socket).args(["--idle-exit", IDLE_EXIT]);
    if !settings.group.is_empty() {
        command.args(["--group", &settings.group]);
    }
    if let Some(bytes) = settings.compression_memory {
        command.arg("--compression-memory").arg(bytes.to_string());
    }
    if settings.serves {
        command.arg("--serves");
    }
    if let Some((uid, gid)) = start.owner {
        command.uid(uid).gid(gid);
    }
    // A daemon must not inherit what a script has put into its environment.
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_else(|| PATH.into()));
    if !settings.redis.is_empty() {
        command.env(REDIS_VARIABLE, &settings.redis);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    process::close_descriptors_on_exec(&mut command);
    let mut launcher =
        command.spawn().map_err(|error| HubError::Absent(not_started(&program, &error)))?;
    // The launcher exits once the hub listens.
    while is_running(&mut launcher) && Instant::now() < deadline {
        std::thread::sleep(LOOK);
    }
    // If the launcher has failed, another hub may listen on the socket.
    if let Ok(Some(status)) = launcher.try_wait()
        && !status.success()
    {
        let ended = format!("{}: {status}", program.display());
        return Err(HubError::Absent(why(launcher, ended)));
    }
    let client = Client::connect(&start.socket, deadline);
    client.map_err(|error| HubError::Absent(why(launcher, error)))
}

/// Says why the program cannot be started. PIE and a mere copy install the extension alone.
fn not_started(program: &Path, error: &io::Error) -> String {
    let said = format!("{} cannot be started: {error}", program.display());
    if error.kind() != io::ErrorKind::NotFound || program.is_absolute() {
        return said;
    }
    let beside = process::own_file().map_or_else(
        || "the extension".to_owned(),
        |file| file.parent().unwrap_or(&file).display().to_string(),
    );
    format!(
        "{said}; it is part of the release: put it into {beside} or on the path, or name it (sse.hub_path)"
    )
}

/// Returns the reason why there is no hub: the output of the launcher, if it has exited.
fn why(mut launcher: Child, error: impl Display) -> String {
    const ENOUGH: u64 = 1000;
    let mut said = String::new();
    if is_running(&mut launcher) {
        let mut unended = UNENDED.lock();
        unended.push(launcher);
        unended.retain_mut(is_running);
    } else if let Some(stderr) = launcher.stderr.take() {
        // Nobody else has the other end, so this does not block.
        drop(stderr.take(ENOUGH).read_to_string(&mut said));
    }
    if said.is_empty() { format!("it did not start: {error}") } else { said.trim().to_owned() }
}

/// True if it has not exited; if it has, this reaps it.
fn is_running(launcher: &mut Child) -> bool {
    matches!(launcher.try_wait(), Ok(None))
}

/// Returns the program: the one that is set, or that beside the extension, or that on the path.
fn program(settings: &Settings) -> PathBuf {
    let beside = || Some(process::own_file()?.with_file_name("sse-hub")).filter(|it| it.is_file());
    settings.program.clone().or_else(beside).unwrap_or_else(|| "sse-hub".into())
}

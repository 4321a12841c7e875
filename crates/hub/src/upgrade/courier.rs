//! Passes everything to the new program in two steps: to the courier, then by execve(2).

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use hub_protocol::Reply;

use super::error::{FailedStep, UpgradeError};
use super::handshake::{CARRY, DONE, PATIENCE, TAKE_OVER};
use super::sender::Sender;
use super::snapshot::SnapshotRef;
use crate::process::program;

/// Runs the program that is installed now in this process, and passes everything on to it. It returns only if that
/// fails.
///
/// # Errors
///
/// The reason why this program has to go on.
pub(crate) fn hand_on(snapshot: &SnapshotRef<'_>) -> Result<Infallible, UpgradeError> {
    let mut courier = Courier::start().map_err(|error| UpgradeError {
        step: FailedStep::NotStarted(error),
        stderr: String::new(),
    })?;
    let handed_on = match courier.take(snapshot) {
        Ok(()) => courier.follow(),
        Err(error) => Err(FailedStep::NotTakenOver(error)),
    };
    handed_on.map_err(|step| UpgradeError { step, stderr: courier.dismiss() })
}

/// The new program, as a child process.
struct Courier {
    channel: UnixStream,
    process: Child,
    program: PathBuf,
    /// The device and inode number of the program.
    file: (u64, u64),
}

impl Courier {
    fn start() -> io::Result<Self> {
        let (channel, theirs) = UnixStream::pair()?;
        let program = program::installed()?;
        let file = identity(&program)?;
        let process = Command::new(&program)
            .args(arguments(CARRY))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        Ok(Self { channel, process, program, file })
    }

    /// Sends everything, and waits for the confirmation.
    fn take(&mut self, snapshot: &SnapshotRef<'_>) -> io::Result<()> {
        self.channel.set_read_timeout(Some(PATIENCE))?;
        self.channel.set_write_timeout(Some(PATIENCE))?;
        Sender::new(&self.channel).send_all(snapshot, Some(&Reply::Upgraded))?;
        let mut word = [0];
        let read = self.channel.read_exact(&mut word);
        let is_understood = read.is_ok() && word == [DONE];
        let fail = || io::Error::other("it did not confirm that it has received everything");
        is_understood.then_some(()).ok_or_else(fail)
    }

    /// Replaces this process by the program that the courier runs.
    fn follow(&self) -> Result<Infallible, FailedStep> {
        if identity(&self.program).map_err(FailedStep::NotRun)? != self.file {
            return Err(FailedStep::Replaced);
        }
        let channel = self.channel.as_fd().try_clone_to_owned().map_err(FailedStep::NotRun)?;
        let mut command = Command::new(&self.program);
        let error = command.args(arguments(TAKE_OVER)).stdin(Stdio::from(channel)).exec();
        Err(FailedStep::NotRun(error))
    }

    /// Kills the courier: it must not keep what it has. Returns what it has written to stderr.
    fn dismiss(mut self) -> String {
        const ENOUGH: u64 = 1000;
        drop(self.process.kill());
        drop(self.process.wait());
        let mut written = String::new();
        if let Some(stderr) = self.process.stderr.take() {
            drop(stderr.take(ENOUGH).read_to_string(&mut written));
        }
        written
    }
}

fn identity(program: &Path) -> io::Result<(u64, u64)> {
    let found = fs::metadata(program)?;
    Ok((found.dev(), found.ino()))
}

/// This program's own arguments, with the option for the other one's role.
fn arguments(role: &str) -> impl Iterator<Item = std::ffi::OsString> {
    let own = env::args_os().skip(1).filter(|it| it != TAKE_OVER && it != CARRY);
    own.chain([role.into()])
}

/// The courier's part, once it has decoded everything: sends it to the next program.
///
/// # Errors
///
/// When the next program does not take it.
pub(crate) fn carry(channel: &UnixStream, snapshot: &SnapshotRef<'_>) -> io::Result<()> {
    channel.set_write_timeout(Some(PATIENCE))?;
    (&*channel).write_all(&[DONE])?;
    Sender::new(channel).send_all(snapshot, None)
}

//! Child processes that never outlive the test, however it ends.
//!
//! Each is the leader of a process group of its own. Dropping it stops the whole group; should the
//! test process be killed before, a watchdog process does it.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{io, thread};

pub use rustix::process::{Pid, Signal};
use rustix::process::{WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

use crate::patience::wait_for;

/// A process may take so long to stop when asked, before it is killed.
const GRACE: Duration = Duration::from_secs(3);

/// True if a process has not ended yet, anybody's.
pub fn is_running(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|fields| fields.chars().next());
    state.is_some_and(|state| !"ZX".contains(state))
}

/// A running child process, with all that it starts itself.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    watchdog: Watchdog,
    /// True if the group was killed and its leader waited for: from then on the id may be another's.
    ended: bool,
}

impl Process {
    /// Starts `command` with an empty stdin, and with stdout and stderr going to `<name>.log` in
    /// `directory`.
    #[track_caller]
    pub fn spawn(name: &str, command: &mut Command, directory: &Path) -> Self {
        let log = directory.join(format!("{name}.log"));
        let mut command = with_default_signals(command);
        command.stdin(Stdio::null()).stdout(append(&log));
        Self::start(name, &mut command, log)
    }

    /// Starts `command` with its stdin and stdout as pipes; stderr goes to `<name>.log`.
    #[track_caller]
    pub fn spawn_piped(
        name: &str,
        command: &mut Command,
        directory: &Path,
    ) -> (Self, ChildStdin, ChildStdout) {
        let log = directory.join(format!("{name}.log"));
        let mut command = with_default_signals(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Self::start(name, &mut command, log);
        let stdin = process.child.stdin.take().expect("stdin is a pipe");
        let stdout = process.child.stdout.take().expect("stdout is a pipe");
        (process, stdin, stdout)
    }

    #[track_caller]
    fn start(name: &str, command: &mut Command, log: PathBuf) -> Self {
        let child = command
            .stderr(append(&log))
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} did not start: {error}"));
        let watchdog = Watchdog::over(pid_of(&child));
        Self { name: name.to_owned(), child, log, watchdog, ended: false }
    }

    /// The process id, which is also that of the process group.
    pub fn pid(&self) -> Pid {
        pid_of(&self.child)
    }

    /// The processes that this one has started and not yet waited for, such as FPM's workers.
    pub fn children(&self) -> Vec<Pid> {
        let pid = self.pid().as_raw_nonzero();
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(|child| Pid::from_raw(child.parse().ok()?))
            .collect()
    }

    /// Sends `signal` to this process, not to its group.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// The contents of its log.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The log's file, for servers that are told to open their error log themselves.
    pub fn log_path(&self) -> &Path {
        &self.log
    }

    /// True if it has come to its end.
    pub fn has_exited(&self) -> bool {
        // It stays a zombie, so that its id, and its group's, are not given to others.
        let peek = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.ended || waitid(WaitId::Pid(self.pid()), peek).is_ok_and(|status| status.is_some())
    }

    /// Waits for it to end by itself, and then ends what it left behind in its group.
    #[track_caller]
    pub fn wait(&mut self, deadline: Instant) -> ExitStatus {
        let what = format!("{} to end", self.name);
        wait_for(&what, deadline, || self.has_exited().then_some(()));
        self.end_group()
    }

    /// Asks it to stop, and kills it, with its group, if it takes too long.
    pub fn stop(&mut self) {
        if !self.ended {
            self.ask_to_stop();
        }
        self.end_group();
    }

    fn ask_to_stop(&self) {
        if kill_process(self.pid(), Signal::TERM).is_err() {
            return;
        }
        let deadline = Instant::now() + GRACE;
        while !self.has_exited() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn end_group(&mut self) -> ExitStatus {
        if !self.ended {
            let _ = kill_process_group(self.pid(), Signal::KILL);
            self.watchdog.dismiss();
            self.ended = true;
        }
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
        if thread::panicking() {
            eprintln!("---- log of {} ----\n{}", self.name, self.log());
        }
    }
}

/// Kills a process group as soon as this process is gone, even where no destructor ran.
#[derive(Debug)]
struct Watchdog(Child);

impl Watchdog {
    fn over(group: Pid) -> Self {
        // Its stdin is a pipe whose other end only this process holds: `read` returns at our end.
        let watchdog = Command::new("sh")
            .args(["-c", "read -r _; kill -s KILL -- -$0", &group.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        Self(watchdog.expect("sh starts"))
    }

    fn dismiss(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The same command, for which a signal means what it means by default: a process inherits from whoever
/// runs the tests which signals are ignored (`nohup`, many a CI), and a server may leave it at that.
fn with_default_signals(command: &Command) -> Command {
    let mut fresh = Command::new("env");
    fresh.arg("--default-signal").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => fresh.env(name, value),
            None => fresh.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        fresh.current_dir(directory);
    }
    fresh
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_child(child)
}

fn append(log: &Path) -> File {
    let open = |path| OpenOptions::new().create(true).append(true).open(path);
    open(log).unwrap_or_else(|error: io::Error| panic!("{}: {error}", log.display()))
}

//! The hub, in the foreground, as a supervisor would run it.

use std::{
    env,
    fs::DirBuilder,
    os::unix::{fs::DirBuilderExt, net::UnixStream},
    path::{Path, PathBuf},
    process::Command,
};

use server_tests::{
    extension,
    patience::{soon, wait_for},
    process::{Pid, Process, Signal},
};

/// A hub that is up.
#[derive(Debug)]
pub(crate) struct Hub {
    process: Process,
    directory: PathBuf,
    options: Vec<String>,
}

impl Hub {
    /// Starts one with a directory of its own in `directory`, and waits for it.
    pub(crate) fn start(directory: &Path, options: &[String]) -> Self {
        let options = options.to_vec();
        // The hub takes no directory that others may write to.
        let own = Self::directory(directory);
        DirBuilder::new().recursive(true).mode(0o700).create(&own).unwrap();
        let process = spawn(directory, &options);
        wait_until_it_listens(directory, &process);
        Self { process, directory: directory.to_owned(), options }
    }

    /// Where it listens.
    pub(crate) fn socket(directory: &Path) -> PathBuf {
        Self::directory(directory).join("hub.sock")
    }

    fn directory(directory: &Path) -> PathBuf {
        directory.join("hub")
    }

    pub(crate) fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// Kills it, without a word, and starts another one.
    pub(crate) fn kill_and_start(&mut self) {
        self.process.signal(Signal::KILL);
        self.process.wait(soon());
        *self = Self::start(&self.directory, &self.options);
    }

    /// Starts another one that takes everything over, and waits for this one to end.
    pub(crate) fn upgrade(&mut self) {
        let mut options = self.options.clone();
        options.push("--take-over".to_owned());
        let new = spawn(&self.directory, &options);
        self.process.wait(soon());
        assert!(!new.has_exited(), "{}", new.log());
        wait_until_it_listens(&self.directory, &new);
        self.process = new;
    }
}

fn spawn(directory: &Path, options: &[String]) -> Process {
    let mut command = Command::new(binary());
    command.arg("serve").arg("--socket").arg(Hub::socket(directory)).args(options);
    Process::spawn("hub", &mut command, directory)
}

fn wait_until_it_listens(directory: &Path, process: &Process) {
    wait_for("the hub to listen", soon(), || {
        assert!(!process.has_exited(), "the hub did not start: {}", process.log());
        UnixStream::connect(Hub::socket(directory)).ok()
    });
}

/// `SSE_HUB`, else the one that `make build` leaves beside the extension.
fn binary() -> PathBuf {
    env::var_os("SSE_HUB").map_or_else(|| extension::path().with_file_name("sse-hub"), Into::into)
}

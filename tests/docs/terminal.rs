//! The terminals that a page's commands are typed into: a shell each.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command};
use std::{fs, thread, time::Duration};

use rustix::process::kill_process;
use server_tests::patience::{soon, wait_for};
use server_tests::process::{Process, Signal};

use crate::output::{differ, matches, matching_prefix};

/// A shell, and what it has printed.
#[derive(Debug)]
pub(crate) struct Terminal {
    shell: Process,
    stdin: ChildStdin,
    state: PathBuf,
    name: String,
    typed: usize,
    /// How many bytes of its output were compared.
    seen: usize,
}

impl Terminal {
    /// Opens one in `directory`; its files are in `state`.
    pub(crate) fn open(name: &str, command: &mut Command, directory: &Path, state: &Path) -> Self {
        // Output goes to the log by one descriptor, so that it keeps its order.
        command.args(["--noprofile", "--norc", "-c", "exec 1>&2; exec bash --noprofile --norc -s"]);
        command.current_dir(directory);
        let (shell, stdin, _) = Process::spawn_piped(name, command, state);
        Self { shell, stdin, state: state.to_owned(), name: name.to_owned(), typed: 0, seen: 0 }
    }

    /// The directory that it is in.
    pub(crate) fn directory(&self) -> PathBuf {
        fs::read_link(format!("/proc/{}/cwd", self.shell.pid())).unwrap()
    }

    /// Types commands, and waits until they have ended.
    pub(crate) fn run(&mut self, commands: &str) -> Result<(), String> {
        self.seen = self.shell.log().len();
        let done = self.feed("set -eo pipefail", commands);
        wait_for("commands to end", soon() + Duration::from_secs(40), || {
            (done.exists() || self.shell.has_exited()).then_some(())
        });
        if done.exists() {
            return Ok(());
        }
        Err(format!("it failed, after it had printed:\n{}", self.new_output()))
    }

    /// Types commands that go on, in place of those that may still run there.
    pub(crate) fn begin(&mut self, commands: &str) {
        self.interrupt();
        self.seen = self.shell.log().len();
        self.feed("set +e", commands);
    }

    /// Ctrl-C, again until what runs has ended.
    fn interrupt(&self) {
        wait_for("what runs in a terminal to end by Ctrl-C", soon(), || {
            let running = self.shell.children();
            for process in &running {
                let _ = kill_process(*process, Signal::INT);
            }
            thread::sleep(Duration::from_millis(20));
            running.is_empty().then_some(())
        });
    }

    fn feed(&mut self, before: &str, commands: &str) -> PathBuf {
        self.typed += 1;
        let file = self.state.join(format!("{}-{}.sh", self.name, self.typed));
        let done = file.with_extension("done");
        fs::write(&file, commands).unwrap();
        let (file, shown) = (file.display(), done.display());
        writeln!(self.stdin, "{before}; . {file} </dev/null; : >{shown}").unwrap();
        done
    }

    /// Compares all that the last commands have printed.
    pub(crate) fn has_printed(&mut self, shown: &str) -> Result<(), String> {
        let printed = self.new_output();
        self.seen = self.shell.log().len();
        if matches(shown, &printed) { Ok(()) } else { Err(differ(shown, &printed)) }
    }

    /// Errors that end no script.
    pub(crate) fn has_no_complaints(&self) -> Result<(), String> {
        let printed = self.new_output();
        let wrong =
            ["Warning: ", "Notice: ", "Deprecated: "].iter().any(|word| printed.contains(word));
        if wrong { Err(printed) } else { Ok(()) }
    }

    /// Waits until it goes on as shown.
    pub(crate) fn will_print(&mut self, shown: &str) -> Result<(), String> {
        let deadline = soon();
        loop {
            let printed = self.new_output();
            if let Some(length) = matching_prefix(shown, &printed) {
                self.seen += length;
                return Ok(());
            }
            if std::time::Instant::now() > deadline {
                return Err(differ(shown, &printed));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn new_output(&self) -> String {
        self.shell.log().get(self.seen..).unwrap_or_default().to_owned()
    }
}

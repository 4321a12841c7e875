//! Browsers that no test uses at the moment, and the directories that they leave behind.

use std::path::Path;
use std::process::{Child, Command as Program, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Command, Driver, Kind};

/// They live until the test process ends: processes have a watchdog, their directories have [`Directory`].
static IDLE: Mutex<Vec<(Kind, Box<dyn Driver>)>> = Mutex::new(Vec::new());

pub(super) fn take(kind: Kind) -> Option<Box<dyn Driver>> {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let index = idle.iter().position(|(its_kind, _)| *its_kind == kind)?;
    Some(idle.swap_remove(index).1)
}

/// Leaves nothing of the last page: its streams are closed, and its cookies, which are the same for all
/// ports of a host, are gone. One tab stays.
pub(super) fn give_back(kind: Kind, driver: Box<dyn Driver>) {
    if close_other_tabs(driver.as_ref()).is_err() {
        return;
    }
    // Without a page there are no cookies to delete, and that is an error.
    let _ = driver.run(Command::DeleteCookies, &json!({}));
    if driver.run(Command::Open, &json!({ "url": "about:blank" })).is_ok() {
        driver.console();
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).push((kind, driver));
    }
}

fn close_other_tabs(driver: &dyn Driver) -> Result<(), String> {
    let tabs = driver.run(Command::Tabs, &json!({}))?;
    let tabs: Vec<&Value> = tabs.as_array().into_iter().flatten().collect();
    for (number, tab) in tabs.iter().enumerate() {
        driver.run(Command::SwitchToTab, &json!({ "handle": tab }))?;
        if number + 1 < tabs.len() {
            driver.run(Command::CloseTab, &json!({}))?;
        }
    }
    Ok(())
}

/// A browser's own directory, which goes with it: at the latest when this process ends, for what is static
/// is not dropped.
#[derive(Debug)]
pub(super) struct Directory {
    directory: TempDir,
    remover: Child,
}

impl Directory {
    pub(super) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("sse-browser-").tempdir().unwrap();
        // Its stdin is a pipe whose other end only this process holds. A browser that is being killed may
        // write a last file.
        let script = "read -r _; for _ in 1 2 3 4 5; do rm -rf -- \"$0\" && break; sleep 1; done";
        let remover = Program::new("sh")
            .args(["-c", script])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh starts");
        Self { directory, remover }
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A program that finds its home in here, and keeps here what it keeps anywhere.
    pub(super) fn home_of(&self, program: impl AsRef<Path>) -> Program {
        let mut program = Program::new(program.as_ref());
        for variable in ["HOME", "TMPDIR", "XDG_RUNTIME_DIR"] {
            program.env(variable, self.path());
        }
        program
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = self.remover.kill();
        let _ = self.remover.wait();
    }
}

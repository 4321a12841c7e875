//! Headless Chromium, driven by chromedriver.

use std::path::Path;

use serde_json::{Value, json};

use super::idle::Directory;
use super::web_driver::WebDriver;
use super::{Command, ConsoleEntry, Driver};
use crate::binary;
use crate::http::Endpoint;
use crate::port::start_on_free_port;
use crate::process::Process;

/// It stays on this machine, looks for no updates, and keeps no page, with its streams, that was left.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-back-forward-cache",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

#[derive(Debug)]
pub(super) struct Chromium {
    session: WebDriver,
    _process: Process,
    _directory: Directory,
}

impl Chromium {
    #[track_caller]
    pub(super) fn start() -> Self {
        let directory = Directory::new();
        let (process, addr) = start_on_free_port("started successfully", |addr| {
            let mut command = directory.home_of(binary::chromedriver());
            command.arg(format!("--port={}", addr.port()));
            Process::spawn("chromedriver", &mut command, directory.path())
        });
        let capabilities = capabilities(&directory.path().join("profile"));
        let session = WebDriver::open(Endpoint::plain(addr), &capabilities);
        Self { session, _process: process, _directory: directory }
    }
}

impl Driver for Chromium {
    fn run(&self, command: Command, parameters: &Value) -> Result<Value, String> {
        self.session.run(command, parameters)
    }

    fn console(&self) -> Vec<ConsoleEntry> {
        let entries = self.session.post("se/log", &json!({ "type": "browser" })).unwrap();
        let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entry = |entry: &Value| ConsoleEntry {
            level: string(&entry["level"]),
            message: string(&entry["message"]),
        };
        entries.as_array().expect("a list").iter().map(entry).collect()
    }
}

fn capabilities(profile: &Path) -> Value {
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([profile.as_str()]).collect();
    let mut options = json!({ "args": arguments });
    if let Some(binary) = binary::chromium() {
        options["binary"] = json!(binary);
    }
    json!({
        "acceptInsecureCerts": true,
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

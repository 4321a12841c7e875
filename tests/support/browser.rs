//! Headless Chromium, driven over the `WebDriver` protocol by chromedriver.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    binary,
    http::{Endpoint, Request},
    patience::{soon, within},
    port::start_on_free_port,
    process::Process,
};

/// It stays on this machine and looks for no updates.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser with one window and a profile of its own; closed on drop.
#[derive(Debug)]
pub struct Browser {
    driver: Endpoint,
    /// The path of the session's commands.
    session: String,
    _process: Process,
    _directory: TempDir,
}

/// What a page wrote to its console, or the browser about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleEntry {
    /// `INFO`, `WARNING`, `SEVERE` ...
    pub level: String,
    /// With the place it comes from in front.
    pub message: String,
}

impl Browser {
    /// Starts one. It takes any certificate.
    #[track_caller]
    pub fn start() -> Self {
        let directory = TempDir::new().unwrap();
        let (process, addr) = start_on_free_port("started successfully", |addr| {
            let mut command = Command::new(binary::chromedriver());
            command.arg(format!("--port={}", addr.port())).env("HOME", directory.path());
            Process::spawn("chromedriver", &mut command, directory.path())
        });

        let driver = Endpoint::plain(addr);
        let capabilities = capabilities(&directory.path().join("profile"));
        let session = call(&driver, &post("/session", &capabilities));
        let session = session["sessionId"].as_str().expect("a session has an ID");
        let session = format!("/session/{session}");
        Self { driver, session, _process: process, _directory: directory }
    }

    /// Opens a page and waits until it has loaded.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// What the body of a function returns in the page; it finds `arguments` under that name.
    #[track_caller]
    pub fn execute(&self, body: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": body, "args": arguments }))
    }

    /// What the body of a function passes to its last argument, a callback, sooner or later.
    #[track_caller]
    pub fn execute_async(&self, body: &str, arguments: &[Value]) -> Value {
        self.post("/execute/async", &json!({ "script": body, "args": arguments }))
    }

    /// Waits until an expression in the page is true.
    ///
    /// # Panics
    /// When the deadline passes first, with what the page wrote to its console.
    #[track_caller]
    pub fn wait_for(&self, condition: &str, deadline: Instant) {
        let body = format!("return Boolean({condition})");
        while self.execute(&body, &[]) != json!(true) {
            let late = Instant::now() >= deadline;
            assert!(!late, "gave up waiting for {condition}; {:?}", self.console());
        }
    }

    /// What was written to the console since the last call.
    #[track_caller]
    pub fn console(&self) -> Vec<ConsoleEntry> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }));
        let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entry = |entry: &Value| ConsoleEntry {
            level: string(&entry["level"]),
            message: string(&entry["message"]),
        };
        entries.as_array().expect("a list").iter().map(entry).collect()
    }

    /// Writes what can be seen of the page to a PNG file.
    #[track_caller]
    pub fn screenshot(&self, file: &Path) {
        let png = call(&self.driver, &Request::get(&format!("{}/screenshot", self.session)));
        fs::write(file, BASE64.decode(png.as_str().expect("base64")).unwrap()).unwrap();
    }

    #[track_caller]
    fn post(&self, command: &str, parameters: &Value) -> Value {
        call(&self.driver, &post(&format!("{}{command}", self.session), parameters))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Where this fails, the end of chromedriver's process group is also the browser's.
        let _ = self.driver.try_send(&Request::delete(&self.session), soon());
    }
}

fn capabilities(profile: &Path) -> Value {
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([profile.as_str()]).collect();
    let mut options = json!({ "args": arguments });
    if let Some(binary) = binary::chromium() {
        options["binary"] = json!(binary);
    }
    json!({ "capabilities": { "alwaysMatch": {
        "acceptInsecureCerts": true,
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    }}})
}

fn post(path: &str, parameters: &Value) -> Request {
    Request::post(path, parameters.to_string()).header("Content-Type", "application/json")
}

/// The value that a command returns.
#[track_caller]
fn call(driver: &Endpoint, request: &Request) -> Value {
    let deadline = within(Duration::from_secs(60));
    let mut response = driver.try_send(request, deadline).unwrap();
    let body = response.body.read_to_end(deadline).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(response.status(), 200, "{}", body["value"]["message"]);
    body["value"].clone()
}

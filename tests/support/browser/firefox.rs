//! Headless Firefox, which needs no driver beside it.

use std::cell::RefCell;
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::idle::Directory;
use super::marionette::Marionette;
use super::{Command, ConsoleEntry, Driver, entries};
use crate::binary;
use crate::patience::{wait_for, within};
use crate::process::Process;

/// It stays on this machine, and listens for its driver on any free port.
const PREFERENCES: &str = r#"
user_pref("marionette.port", 0);
user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.proxy.type", 0);
"#;

/// The messages of scripts and of the browser that this page's own process keeps.
const CONSOLE: &str = "
    const page = window.windowGlobalChild.innerWindowId;
    const written = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
    const entries = written.getEvents(page)
        .map((entry) => [entry.level, entry.arguments.map(String).join(' ')]);
    written.clearEvents(page);
    for (const entry of Services.console.getMessageArray()) {
        if (entry instanceof Ci.nsIScriptError && entry.innerWindowID === page) {
            entries.push([entry.category, entry.message]);
        }
    }
    Services.console.reset();
    return entries;";

#[derive(Debug)]
pub(super) struct Firefox {
    marionette: RefCell<Marionette>,
    _process: Process,
    _directory: Directory,
}

impl Firefox {
    #[track_caller]
    pub(super) fn start() -> Self {
        let directory = Directory::new();
        let profile = directory.path().join("profile");
        fs::create_dir(&profile).unwrap();
        fs::write(profile.join("user.js"), PREFERENCES).unwrap();
        let mut command = directory.home_of(binary::firefox());
        command.args(["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]);
        command.arg("--profile").arg(&profile).env("MOZ_HEADLESS", "1");
        let process = Process::spawn("firefox", &mut command, directory.path());

        // Its first start on a machine takes long.
        let deadline = within(Duration::from_secs(60));
        let mut marionette = wait_for("Firefox to listen", deadline, || {
            assert!(!process.has_exited(), "Firefox has ended");
            Marionette::connect((Ipv4Addr::LOCALHOST, port(&profile)?).into()).ok()
        });
        let capabilities = json!({ "acceptInsecureCerts": true });
        marionette.call("WebDriver:NewSession", &capabilities).unwrap();
        Self { marionette: RefCell::new(marionette), _process: process, _directory: directory }
    }

    fn call(&self, command: &str, parameters: &Value) -> Result<Value, String> {
        Ok(self.answer(command, parameters)?["value"].take())
    }

    /// Of some commands the answer is no object with a value.
    fn answer(&self, command: &str, parameters: &Value) -> Result<Value, String> {
        self.marionette.borrow_mut().call(command, parameters)
    }
}

impl Driver for Firefox {
    fn run(&self, command: Command, parameters: &Value) -> Result<Value, String> {
        match command {
            Command::Open => self.call("WebDriver:Navigate", parameters),
            Command::Execute => self.call("WebDriver:ExecuteScript", parameters),
            Command::ExecuteAsync => self.call("WebDriver:ExecuteAsyncScript", parameters),
            Command::DeleteCookies => self.call("WebDriver:DeleteAllCookies", parameters),
            Command::Screenshot => self.call("WebDriver:TakeScreenshot", &json!({ "full": false })),
            Command::Tab => self.call("WebDriver:GetWindowHandle", parameters),
            Command::Tabs => self.answer("WebDriver:GetWindowHandles", parameters),
            Command::NewTab => Ok(self.answer("WebDriver:NewWindow", parameters)?["handle"].take()),
            Command::SwitchToTab => self.call("WebDriver:SwitchToWindow", parameters),
            Command::CloseTab => self.answer("WebDriver:CloseWindow", parameters),
        }
    }

    fn console(&self) -> Vec<ConsoleEntry> {
        let script = json!({ "script": CONSOLE, "args": [], "sandbox": "system" });
        entries(&self.call("WebDriver:ExecuteScript", &script).unwrap())
    }
}

/// The port that it has chosen, once it has written it down.
fn port(profile: &Path) -> Option<u16> {
    fs::read_to_string(profile.join("MarionetteActivePort")).ok()?.trim().parse().ok()
}

//! WebKitGTK's `MiniBrowser` on a screen of its own in memory, driven by `WebKitWebDriver`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::idle::Directory;
use super::web_driver::WebDriver;
use super::{Command, ConsoleEntry, Driver, entries};
use crate::binary;
use crate::http::{Endpoint, Request};
use crate::patience::soon;
use crate::port::{free_addr, is_up};
use crate::process::Process;

/// Its sandbox is made of namespaces, which a container seldom has; there is no graphics card.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"),
    ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ("GDK_BACKEND", "x11"),
    ("NO_AT_BRIDGE", "1"),
];

/// The driver has no command for the console: it is listened to in the page, from when that has loaded.
const LISTEN: &str = "
    const entries = window.consoleEntries = [];
    for (const level of ['debug', 'info', 'log', 'warn', 'error']) {
        const write = console[level];
        console[level] = (...words) => {
            entries.push([level, words.map(String).join(' ')]);
            write.apply(console, words);
        };
    }
    const failed = ({ message, target }) => entries.push(['error', message ?? `${target.src} failed`]);
    addEventListener('error', failed, true);
    addEventListener('unhandledrejection', ({ reason }) => entries.push(['error', String(reason)]));";

#[derive(Debug)]
pub(super) struct WebKit {
    session: WebDriver,
    _process: Process,
    _screen: Process,
    _directory: Directory,
}

impl WebKit {
    #[track_caller]
    pub(super) fn start() -> Self {
        let directory = Directory::new();
        let (screen, display) = start_screen(&directory);
        let (process, addr) = start_driver(&directory, &display);
        let session =
            WebDriver::open(Endpoint::plain(addr), &json!({ "acceptInsecureCerts": true }));
        Self { session, _process: process, _screen: screen, _directory: directory }
    }
}

/// A screen that is nowhere to be seen, and its name.
#[track_caller]
fn start_screen(directory: &Directory) -> (Process, String) {
    let mut command = directory.home_of(binary::xvfb());
    command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x1024x24"]);
    let (process, _, stdout) = Process::spawn_piped("xvfb", &mut command, directory.path());
    let mut number = String::new();
    BufReader::new(stdout).read_line(&mut number).unwrap();
    assert!(!number.is_empty(), "Xvfb has found no display: {}", process.log());
    (process, format!(":{}", number.trim_end()))
}

#[track_caller]
fn start_driver(directory: &Directory, display: &str) -> (Process, SocketAddr) {
    // Between the choice of a port and its use another process can take it; the driver ends then.
    for _ in 0..5 {
        let addr = free_addr();
        let mut command = directory.home_of(binary::webkit_web_driver());
        command.arg(format!("--port={}", addr.port())).env("DISPLAY", display).envs(ENVIRONMENT);
        let process = Process::spawn("webkit-web-driver", &mut command, directory.path());
        let answers = || Endpoint::plain(addr).try_send(&Request::get("/status"), soon()).is_ok();
        if is_up(&process, answers) {
            return (process, addr);
        }
    }
    panic!("WebKitWebDriver does not start")
}

impl Driver for WebKit {
    fn run(&self, command: Command, parameters: &Value) -> Result<Value, String> {
        let result = self.session.run(command, parameters)?;
        if let Command::Open = command {
            self.session.run(Command::Execute, &json!({ "script": LISTEN, "args": [] }))?;
        }
        Ok(result)
    }

    fn console(&self) -> Vec<ConsoleEntry> {
        let script = json!({ "script": "return consoleEntries.splice(0)", "args": [] });
        entries(&self.session.run(Command::Execute, &script).unwrap())
    }
}

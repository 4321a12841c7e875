//! Chromium, Firefox and WebKit, each without a screen of ours, driven in the same words.
//!
//! A test names the [`Kind`] that it wants; [`in_each_browser!`](crate::in_each_browser) has one of each name.
//!
//! # Layout
//! - `chromium`, `firefox`, `webkit`: one browser each
//! - `web_driver`, `marionette`: the protocols that drive them
//! - `idle`, `turn`: browsers that no test uses at the moment; how many are used at once

mod chromium;
mod firefox;
mod idle;
mod marionette;
mod turn;
mod web_driver;
mod webkit;

use std::fmt::Debug;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use self::turn::Turn;

/// A browser, known by its engine's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by the protocol that it speaks itself, Marionette.
    Firefox,
    /// WebKitGTK's `MiniBrowser`, by `WebKitWebDriver`: the engine of Safari.
    WebKit,
}

/// Makes of each of these functions, which take a [`Kind`], a test for each browser.
///
/// They are called `<function>::chromium`, `<function>::firefox` and `<function>::webkit`: by these names
/// `scripts/test-servers` leaves out a browser that is not there.
#[macro_export]
macro_rules! in_each_browser {
    ($($test:ident),* $(,)?) => { $(
        mod $test {
            use $crate::browser::Kind;

            #[test] fn chromium() { super::$test(Kind::Chromium); }
            #[test] fn firefox() { super::$test(Kind::Firefox); }
            #[test] fn webkit() { super::$test(Kind::WebKit); }
        }
    )* };
}

/// The commands of the `WebDriver` standard that tests need.
#[derive(Clone, Copy, Debug)]
enum Command {
    Open,
    Execute,
    ExecuteAsync,
    DeleteCookies,
    Screenshot,
    /// The handle of the tab that commands go to.
    Tab,
    /// The handles of all.
    Tabs,
    /// Opens one, and gives its handle.
    NewTab,
    SwitchToTab,
    CloseTab,
}

/// A tab of a browser, by the handle that its driver has given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(String);

/// A running browser with one window and a profile of its own, which takes any certificate.
trait Driver: Debug + Send {
    /// Runs a command: its result, or the driver's error.
    fn run(&self, command: Command, parameters: &Value) -> Result<Value, String>;

    /// The entries of the console since the last call.
    fn console(&self) -> Vec<ConsoleEntry>;
}

/// Entries as scripts of this module give them: level and message.
fn entries(pairs: &Value) -> Vec<ConsoleEntry> {
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entry = |pair: &Value| ConsoleEntry { level: string(&pair[0]), message: string(&pair[1]) };
    pairs.as_array().expect("a list").iter().map(entry).collect()
}

fn handle(value: &Value) -> String {
    value.as_str().expect("a handle is a string").to_owned()
}

/// A browser that this test has to itself. When it is dropped, the next test may have it: it takes long to
/// start.
#[derive(Debug)]
pub struct Browser {
    kind: Kind,
    /// `None` while it is dropped.
    driver: Option<Box<dyn Driver>>,
    _turn: Turn,
}

/// An entry of the console, by the page or by the browser about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleEntry {
    /// In the browser's own words: `INFO`, `WARNING`, `SEVERE` ...
    pub level: String,
    /// With the file and the line it comes from, where the browser knows it.
    pub message: String,
}

impl Browser {
    /// An idle one, or a new one, as soon as not too many are in use.
    #[track_caller]
    pub fn start(kind: Kind) -> Self {
        let turn = Turn::wait();
        let driver = idle::take(kind).unwrap_or_else(|| match kind {
            Kind::Chromium => Box::new(chromium::Chromium::start()),
            Kind::Firefox => Box::new(firefox::Firefox::start()),
            Kind::WebKit => Box::new(webkit::WebKit::start()),
        });
        Self { kind, driver: Some(driver), _turn: turn }
    }

    /// Which one it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Opens a page and waits until it has loaded.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.run(Command::Open, &json!({ "url": url }));
    }

    /// Runs the body of a function in the page, and returns its result; it finds `arguments` under that name.
    #[track_caller]
    pub fn execute(&self, body: &str, arguments: &[Value]) -> Value {
        self.run(Command::Execute, &json!({ "script": body, "args": arguments }))
    }

    /// Runs the body of a function in the page, and returns what it passes to its last argument, a callback.
    #[track_caller]
    pub fn execute_async(&self, body: &str, arguments: &[Value]) -> Value {
        self.run(Command::ExecuteAsync, &json!({ "script": body, "args": arguments }))
    }

    /// Waits until an expression in the page is true, whatever pages come and go meanwhile.
    ///
    /// # Panics
    /// When the deadline passes first, with what the page wrote to its console.
    #[track_caller]
    pub fn wait_for(&self, condition: &str, deadline: Instant) {
        let script = json!({ "script": format!("return Boolean({condition})"), "args": [] });
        let is_true = || match self.driver().run(Command::Execute, &script) {
            Ok(result) => result == json!(true),
            // Asked of a page that was being left.
            Err(error) if error.contains("unload") => false,
            Err(error) => panic!("{:?}: {condition}: {error}", self.kind),
        };
        while !is_true() {
            let late = Instant::now() >= deadline;
            assert!(!late, "gave up waiting for {condition}; {:?}", self.console());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The tab that it is on.
    #[track_caller]
    pub fn tab(&self) -> Tab {
        Tab(handle(&self.run(Command::Tab, &json!({}))))
    }

    /// Opens another tab, and goes there.
    #[track_caller]
    pub fn open_tab(&self) -> Tab {
        let tab = Tab(handle(&self.run(Command::NewTab, &json!({ "type": "tab" }))));
        self.switch_to(&tab);
        tab
    }

    /// Goes to a tab.
    #[track_caller]
    pub fn switch_to(&self, tab: &Tab) {
        self.run(Command::SwitchToTab, &json!({ "handle": tab.0 }));
    }

    /// Closes the tab that it is on. It is on none then.
    #[track_caller]
    pub fn close_tab(&self) {
        self.run(Command::CloseTab, &json!({}));
    }

    /// The entries of the console since the last call.
    #[track_caller]
    pub fn console(&self) -> Vec<ConsoleEntry> {
        self.driver().console()
    }

    /// Writes what can be seen of the page to a PNG file.
    #[track_caller]
    pub fn screenshot(&self, file: &Path) {
        let png = self.run(Command::Screenshot, &json!({}));
        fs::write(file, BASE64.decode(png.as_str().expect("base64")).unwrap()).unwrap();
    }

    #[track_caller]
    fn run(&self, command: Command, parameters: &Value) -> Value {
        let result = self.driver().run(command, parameters);
        result.unwrap_or_else(|error| panic!("{:?}: {command:?}: {error}", self.kind))
    }

    #[track_caller]
    fn driver(&self) -> &dyn Driver {
        self.driver.as_deref().expect("it is there until it is dropped")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // After a failure it may be in any state.
        if let Some(driver) = self.driver.take().filter(|_| !thread::panicking()) {
            idle::give_back(self.kind, driver);
        }
    }
}

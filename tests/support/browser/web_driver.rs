//! The `WebDriver` protocol: JSON over HTTP.

use std::time::Duration;

use serde_json::{Value, json};

use super::Command;
use crate::http::{Endpoint, Request};
use crate::patience::{soon, within};

/// A session with a driver; the browser is closed on drop.
#[derive(Debug)]
pub(super) struct WebDriver {
    driver: Endpoint,
    /// The path of the session's commands.
    session: String,
}

impl WebDriver {
    /// Has the driver start a browser.
    #[track_caller]
    pub(super) fn open(driver: Endpoint, capabilities: &Value) -> Self {
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let session = call(&driver, &post("/session", &wanted)).unwrap();
        let session = session["sessionId"].as_str().expect("a session has an ID");
        let session = format!("/session/{session}");
        Self { driver, session }
    }

    pub(super) fn run(&self, command: Command, parameters: &Value) -> Result<Value, String> {
        match command {
            Command::Open => self.post("url", parameters),
            Command::Execute => self.post("execute/sync", parameters),
            Command::ExecuteAsync => self.post("execute/async", parameters),
            Command::DeleteCookies => call(&self.driver, &Request::delete(&self.path("cookie"))),
            Command::Screenshot => call(&self.driver, &Request::get(&self.path("screenshot"))),
            Command::Tab => call(&self.driver, &Request::get(&self.path("window"))),
            Command::Tabs => call(&self.driver, &Request::get(&self.path("window/handles"))),
            Command::NewTab => Ok(self.post("window/new", parameters)?["handle"].take()),
            Command::SwitchToTab => self.post("window", parameters),
            Command::CloseTab => call(&self.driver, &Request::delete(&self.path("window"))),
        }
    }

    pub(super) fn post(&self, command: &str, parameters: &Value) -> Result<Value, String> {
        call(&self.driver, &post(&self.path(command), parameters))
    }

    fn path(&self, command: &str) -> String {
        format!("{}/{command}", self.session)
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        // Where this fails, the end of the driver's process group is also the browser's.
        let _ = self.driver.try_send(&Request::delete(&self.session), soon());
    }
}

fn post(path: &str, parameters: &Value) -> Request {
    Request::post(path, parameters.to_string()).header("Content-Type", "application/json")
}

/// The value that a command returns.
fn call(driver: &Endpoint, request: &Request) -> Result<Value, String> {
    let deadline = within(Duration::from_secs(60));
    let no_answer = |error: &dyn std::fmt::Debug| format!("the driver does not answer: {error:?}");
    let mut response = driver.try_send(request, deadline).map_err(|error| no_answer(&error))?;
    let body = response.body.read_to_end(deadline).map_err(|error| no_answer(&error))?;
    let mut body: Value = serde_json::from_slice(&body).map_err(|error| no_answer(&error))?;
    match response.status() {
        200 => Ok(body["value"].take()),
        _ => Err(body["value"]["message"].to_string()),
    }
}

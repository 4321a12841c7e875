//! Tabs of a browser, and the server that they speak to.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind, Tab};
use server_tests::extension;
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for, wait_for_eq, within};
use server_tests::server::{Fpm, Php, Server};
use server_tests::site::Site;

use crate::package::root;

/// `follow(url, options)` opens the stream of a page, which notes every message in `seen`, its id in `ids`, resets in
/// `resets`, what went wrong in `errors`, and the times at which it was opened.
const PAGE: &str = "<!doctype html><link rel=icon href=data:,><script type=module>
import { EventStream } from './php-sse-client.js';
Object.assign(window, { EventStream, seen: [], opened: [], resets: [], errors: [] });
const now = () => performance.timeOrigin + performance.now();
window.follow = (url, options) => {
    window.stream = new EventStream(url, options);
    stream.onopen = () => opened.push(now());
    stream.onmessage = ({ data }) => seen.push(data);
    stream.onerror = ({ error }) => errors.push(error.message);
    stream.addEventListener('reset', ({ data }) => resets.push(data));
};
window.ready = true;
</script>";

const PRELUDE: &str = "<?php
function note(string $line): void
{
    file_put_contents(__DIR__ . '/notes', \"$line\\n\", FILE_APPEND);
}";

/// Follows topics in the hub's hands; notes each request.
const FOLLOW: &str = "<?php
    note(implode(' ', (array) $_GET['topic']));
    Sse::start(retry: 50)->subscribe($_GET['topic']);";

/// Publishes numbers, from one to another, each under the topic and as `topic number`.
const PUBLISH: &str = "<?php
    for ($number = (int) $_GET['from']; $number <= $_GET['to']; $number++) {
        $id = Sse::publish($_GET['topic'], \"{$_GET['topic']} $number\");
    }
    echo $id;";

/// A browser, a server with PHP-FPM, and a hub.
pub(crate) struct Scene {
    pub(crate) browser: Browser,
    pub(crate) server: Server,
    pub(crate) site: Site,
    hub: HubOf,
}

impl Scene {
    pub(crate) fn start(kind: Kind, scripts: &[(&str, &str)]) -> Self {
        let site = Site::new()
            .file("prelude.php", PRELUDE)
            .file("page.html", PAGE)
            .file("follow.php", FOLLOW)
            .file("publish.php", PUBLISH);
        let module = fs::read(root().join("packages/js/dist/php-sse-client.js")).unwrap();
        site.write("php-sse-client.js", module);
        for (name, script) in scripts {
            site.write(name, script);
        }
        let hub = HubOf::site(&site);
        // Who builds it may have a home that is closed to the users that servers run as.
        let program = site.path("sse-hub");
        fs::copy(extension::path().with_file_name("sse-hub"), &program).unwrap();
        let php = Php::with_sse()
            .ini("auto_prepend_file", &site.path("prelude.php").display().to_string())
            .ini("sse.hub_socket", &hub.socket().display().to_string())
            .ini("sse.hub_path", &program.display().to_string());
        let server = Fpm::new(&site, php).children(4).start();
        let browser = Browser::start(kind);
        Self { browser, server, site, hub }
    }

    /// Opens the page, in the tab that the browser is on.
    #[track_caller]
    pub(crate) fn open_page(&self) {
        self.browser.open(&self.server.url("/page.html"));
        self.browser.wait_for("window.ready", soon());
    }

    /// Opens the stream of the page, and waits until it is open, and knows where it is.
    #[track_caller]
    pub(crate) fn follow(&self, url: &str, options: &Value) {
        let arguments = [json!(url), options.clone()];
        self.browser.execute("follow(arguments[0], arguments[1])", &arguments);
        self.browser.wait_for("stream.readyState === 1 && stream.lastEventId", soon());
    }

    /// Has so many tabs follow, one after the other.
    #[track_caller]
    pub(crate) fn tabs(&self, count: usize, url: &str, options: &Value) -> Vec<Tab> {
        let tabs = (0..count).map(|number| {
            let tab = if number == 0 { self.browser.tab() } else { self.browser.open_tab() };
            self.open_page();
            self.follow(url, options);
            tab
        });
        tabs.collect()
    }

    #[track_caller]
    pub(crate) fn publish(&self, topic: &str, from: usize, to: usize) {
        publish(&self.server, topic, from, to);
    }

    /// The tab that the browser is on has to see these, and nothing else.
    #[track_caller]
    pub(crate) fn wait_until_seen(&self, expected: &[String]) {
        let deadline = within(Duration::from_secs(20));
        wait_for_eq(&json!(expected), deadline, || self.browser.execute("return seen", &[]));
        assert_eq!(self.browser.execute("return resets", &[]), json!([]));
    }

    /// Streams that the hub holds.
    pub(crate) fn streams(&self) -> u64 {
        let report = self.hub.program("status").arg("--json").output().unwrap();
        let report: Value = serde_json::from_slice(&report.stdout).unwrap_or_default();
        report["streams"].as_u64().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn wait_for_streams(&self, count: u64) {
        let counted = || (self.streams() == count).then_some(());
        wait_for(&format!("{count} streams, not {}", self.streams()), soon(), counted);
    }

    /// Requests for streams so far, by their topics.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.site.read("notes").lines().map(str::to_owned).collect()
    }
}

#[track_caller]
pub(crate) fn publish(server: &Server, topic: &str, from: usize, to: usize) {
    let response = server.get(&format!("/publish.php?topic={topic}&from={from}&to={to}"));
    let status = response.status();
    let body = response.into_text();
    assert!(status == 200 && body.contains('-'), "{status} {body}");
}

/// What a page sees of numbers that were published.
pub(crate) fn numbers(topic: &str, from: usize, to: usize) -> Vec<String> {
    (from..=to).map(|number| format!("{topic} {number}")).collect()
}

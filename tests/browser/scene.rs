//! A page with event sources, in a browser, and the server that they speak to.

use std::fs;

use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind};
use server_tests::extension;
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for_eq};
use server_tests::server::{Builtin, Fpm, Php, Server};
use server_tests::site::Site;

/// `listen(url, options, types)` opens a source, which tells `seen` about all that happens to it: `open` and
/// `error` by name, events of the types as type, data and last event ID.
const PAGE: &str = "<!doctype html><script>
function listen(url, options, types) {
    const seen = [];
    const source = new EventSource(url, options);
    for (const type of ['open', 'error']) {
        // A custom event may have the same name.
        source.addEventListener(type, (event) => { if (!('data' in event)) seen.push(type); });
    }
    for (const type of types) {
        source.addEventListener(type, (event) => {
            if ('data' in event) seen.push([type, event.data, event.lastEventId]);
        });
    }
    return { source, seen };
}
</script>";

/// A source tells of these events unless a test names others.
const TYPES: [&str; 3] = ["message", "tick", "error"];

/// Scripts may call these functions.
const PRELUDE: &str = "<?php
function note(string $line): void
{
    file_put_contents(__DIR__ . '/notes', \"$line\\n\", FILE_APPEND);
}";

/// A document root that is served, with as many workers as a browser opens connections.
pub(crate) struct Served {
    pub(crate) server: Server,
    pub(crate) site: Site,
}

impl Served {
    /// Serves this script, too.
    pub(crate) fn new(script: &str) -> Self {
        Self::start(script, |site, php| Builtin::new(site, php).workers(6).start())
    }

    /// The same behind nginx, which tells a connection that is cut from one that ends, and gives each to a
    /// worker that is free: one of `php -S` may take two of a browser's at once, and the second waits.
    pub(crate) fn behind_nginx(script: &str) -> Self {
        Self::start(script, |site, php| Fpm::new(site, php).children(6).start())
    }

    /// These scripts behind nginx, and where a hub of theirs listens.
    pub(crate) fn with_hub(scripts: &[(&str, &str)]) -> (Self, HubOf) {
        let site = site(scripts);
        let hub = HubOf::site(&site);
        // Who builds it may have a home that is closed to the users that servers run as.
        let program = site.path("sse-hub");
        fs::copy(extension::path().with_file_name("sse-hub"), &program).unwrap();
        let php = php(&site)
            .ini("sse.hub_socket", &hub.socket().display().to_string())
            .ini("sse.hub_path", &program.display().to_string());
        (Self { server: Fpm::new(&site, php).children(6).start(), site }, hub)
    }

    fn start(script: &str, start: impl FnOnce(&Site, Php) -> Server) -> Self {
        let site = site(&[("stream.php", script)]);
        Self { server: start(&site, php(&site)), site }
    }
}

/// The page and these scripts.
fn site(scripts: &[(&str, &str)]) -> Site {
    let site = Site::new().file("prelude.php", PRELUDE).file("page.html", PAGE);
    for (name, script) in scripts {
        site.write(name, script);
    }
    site
}

fn php(site: &Site) -> Php {
    let prelude = site.path("prelude.php").display().to_string();
    Php::with_sse().ini("auto_prepend_file", &prelude)
}

/// A browser on the page of a server.
pub(crate) struct Window {
    pub(crate) browser: Browser,
    pub(crate) served: Served,
}

impl Window {
    pub(crate) fn open(kind: Kind, script: &str) -> Self {
        Self::on(kind, Served::new(script))
    }

    pub(crate) fn on(kind: Kind, served: Served) -> Self {
        let url = served.server.url("/page.html");
        Self::at(kind, &url, served)
    }

    /// On the page at this URL.
    pub(crate) fn at(kind: Kind, url: &str, served: Served) -> Self {
        let browser = Browser::start(kind);
        browser.open(url);
        Self { browser, served }
    }

    /// Opens a source, to be known in the page as `name`.
    pub(crate) fn listen(&self, name: &str, url: &str) {
        self.open_source(name, url, false, &TYPES);
    }

    /// Opens a source that tells of events of these types only.
    pub(crate) fn listen_to(&self, name: &str, url: &str, types: &[&str]) {
        self.open_source(name, url, false, types);
    }

    /// Opens a source that sends its cookies to other origins, too.
    pub(crate) fn listen_with_credentials(&self, name: &str, url: &str) {
        self.open_source(name, url, true, &TYPES);
    }

    fn open_source(&self, name: &str, url: &str, with_credentials: bool, types: &[&str]) {
        let script = "const [name, url, withCredentials, types] = arguments;
            window[name] = listen(url, { withCredentials }, types);";
        let arguments = [json!(name), json!(url), json!(with_credentials), json!(types)];
        self.browser.execute(script, &arguments);
    }

    /// Waits until a source has seen these things and no others.
    #[track_caller]
    pub(crate) fn wait_until_seen(&self, name: &str, expected: &Value) {
        let seen = || self.browser.execute("return window[arguments[0]].seen", &[json!(name)]);
        wait_for_eq(expected, soon(), seen);
    }

    /// Waits until a source has given up.
    #[track_caller]
    pub(crate) fn wait_until_closed(&self, name: &str) {
        let closed = format!("{name}.source.readyState === EventSource.CLOSED");
        self.browser.wait_for(&closed, soon());
    }

    pub(crate) fn notes(&self) -> String {
        self.served.site.read("notes")
    }
}

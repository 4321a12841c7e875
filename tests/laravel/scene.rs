//! An application of Laravel, with the package in it as Composer would leave it, and who visits it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use server_tests::event_stream::Event;
use server_tests::extension;
use server_tests::http::{EventStream, Request, Response};
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for, wait_for_eq};
use server_tests::server::{Cli, Fpm, Php, Server};
use server_tests::site::Site;

/// Where the application is in the site.
const APP: &str = "tests/laravel/app";

/// The channels' connection of the application.
const STREAM: &str = "/broadcasting/stream";

/// An application on a server, with a hub of its own.
pub(crate) struct App {
    // Ends first: its workers would start another hub.
    pub(crate) server: Server,
    pub(crate) site: Site,
    php: Php,
    hub: HubOf,
}

impl App {
    /// With four workers, and with what is in the package's configuration.
    #[track_caller]
    pub(crate) fn start() -> Self {
        Self::with(4, &[])
    }

    /// With so many workers, and with these lines in config/sse.php.
    #[track_caller]
    pub(crate) fn with(workers: usize, settings: &[(&str, &str)]) -> Self {
        let site = site();
        configure(&site, settings);
        let hub = HubOf::site(&site);
        let php = php(&hub);
        let server = Fpm::new(&site, php.clone())
            .children(workers)
            .front_controller("index.php")
            // nginx obeys this header, and keeps it to itself unless told otherwise.
            .nginx_line("fastcgi_pass_header X-Accel-Buffering;")
            .start();
        let app = Self { server, site, php, hub };
        app.artisan(&["app:setup"]);
        // The first to need a hub starts it, which may take longer than a request has.
        wait_for("the hub", soon(), || (app.get("/sse/publish").status() == 200).then_some(()));
        app
    }

    /// Runs a command of the application's, which succeeds, and gives what it prints.
    #[track_caller]
    pub(crate) fn artisan(&self, arguments: &[&str]) -> String {
        let (printed, is_success) = self.try_artisan(arguments);
        assert!(is_success, "artisan {arguments:?}: {printed}\n{}", self.log());
        printed
    }

    /// The same for one that may fail: what it prints, and whether it has not.
    pub(crate) fn try_artisan(&self, arguments: &[&str]) -> (String, bool) {
        let artisan = Cli::new(self.path("artisan"), self.php.clone());
        run(arguments.iter().copied().fold(artisan, Cli::argument))
    }

    /// Runs the application's own tests: what is printed, and whether all have passed.
    pub(crate) fn phpunit(&self) -> (String, bool) {
        let bootstrap = self.path("vendor/autoload.php").display().to_string();
        let tests = self.path("tests").display().to_string();
        let phpunit = Cli::new("/usr/bin/phpunit", self.php.clone());
        let arguments =
            ["--no-configuration", "--do-not-cache-result", "--bootstrap", &bootstrap, &tests];
        run(arguments.into_iter().fold(phpunit, Cli::argument))
    }

    /// A PHP without the extension.
    pub(crate) fn without_extension() -> Php {
        Php::plain().system_extensions().ini("error_reporting", "8191")
    }

    /// The same as arguments to a PHP that a test runs itself.
    pub(crate) fn artisan_arguments(&self, arguments: &[&str]) -> Vec<String> {
        let settings = [
            ("extension", extension::path().display().to_string()),
            ("sse.hub_socket", self.hub.socket().display().to_string()),
            ("error_reporting", "8191".to_owned()),
        ];
        let settings = settings.map(|(name, value)| format!("-d{name}={value}"));
        let script = self.path("artisan").display().to_string();
        let arguments = arguments.iter().map(|argument| (*argument).to_owned());
        settings.into_iter().chain([script]).chain(arguments).collect()
    }

    /// Does something while the application has another key, as a second one on the machine would.
    pub(crate) fn with_another_key<T>(&self, act: impl FnOnce() -> T) -> T {
        self.site.write(&format!("{APP}/.env"), environment('z'));
        let done = act();
        self.site.write(&format!("{APP}/.env"), environment('k'));
        done
    }

    /// The path of a file of the application's.
    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.site.path(&format!("{APP}/{name}"))
    }

    /// The response to a guest.
    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Response {
        self.server.get(target)
    }

    /// The whole body for a guest, of a response that is no error.
    #[track_caller]
    pub(crate) fn text(&self, target: &str) -> String {
        no_error(self.get(target), self).into_text()
    }

    /// The application's log.
    pub(crate) fn log(&self) -> String {
        self.site.read(&format!("{APP}/storage/logs/laravel.log"))
    }

    /// Waits until the log has these words so many times: a response may end before what is behind it.
    #[track_caller]
    pub(crate) fn wait_for_log(&self, words: &str, times: usize) {
        wait_for_eq(&times, soon(), || self.log().matches(words).count());
    }

    /// A user who has logged in: there are 1 and 2.
    #[track_caller]
    pub(crate) fn user(&self, id: u32) -> Visitor<'_> {
        let login = self.get(&format!("/login/{id}"));
        let cookies: Vec<&str> = login.head.all("Set-Cookie");
        let pair = |cookie: &&str| cookie.split(';').next().unwrap().to_owned();
        let cookies = cookies.iter().map(pair).collect::<Vec<_>>().join("; ");
        let csrf = login.into_text();
        Visitor { app: self, cookies, csrf, socket: format!("socket-of-{id}") }
    }

    /// Somebody who has not.
    pub(crate) fn guest(&self) -> Visitor<'_> {
        let (cookies, csrf, socket) = (String::new(), String::new(), "socket-of-a-guest".into());
        Visitor { app: self, cookies, csrf, socket }
    }
}

/// Somebody with a session and a connection of his own.
pub(crate) struct Visitor<'a> {
    app: &'a App,
    cookies: String,
    csrf: String,
    pub(crate) socket: String,
}

impl Visitor<'_> {
    /// The request for a stream of these channels.
    pub(crate) fn request(&self, channels: &[&str]) -> Request {
        let channels: Vec<_> = channels.iter().map(|name| format!("&channels[]={name}")).collect();
        let target = format!("{STREAM}?socket={}{}", self.socket, channels.concat());
        self.authenticated(Request::get(&target)).header("Accept", "text/event-stream")
    }

    fn authenticated(&self, request: Request) -> Request {
        request.header("Cookie", &self.cookies)
    }

    /// Follows channels: the stream, from the event on that says so.
    #[track_caller]
    pub(crate) fn follow(&self, channels: &[&str]) -> EventStream {
        self.follow_from(channels, None).0
    }

    /// Comes back with a last event ID: the stream, and the position that it begins at.
    #[track_caller]
    pub(crate) fn follow_from(&self, channels: &[&str], id: Option<&str>) -> (EventStream, String) {
        let mut request = self.request(channels);
        if let Some(id) = id {
            request = request.header("Last-Event-ID", id);
        }
        let response = self.app.server.send(&request);
        let mut events = no_error(response, self.app).events();
        let connected = events.next_event();
        assert_eq!(connected.event, "connected", "{connected:?}");
        let data = data(&connected);
        assert_eq!(data["channels"], json!(channels));
        (events, data["position"].as_str().unwrap().to_owned())
    }

    /// What stands in events that this connection is left out of.
    #[track_caller]
    pub(crate) fn mark(&self) -> Value {
        let mut events = self.app.server.send(&self.request(&["orders"])).events();
        next(&mut events)["mark"].take()
    }

    /// The status and the JSON of the answer to who may not follow.
    #[track_caller]
    pub(crate) fn refused(&self, channels: &[&str]) -> (u16, Value) {
        answer(self.app.server.send(&self.request(channels)))
    }

    /// The response to a GET of the session's.
    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Response {
        self.app.server.send(&self.authenticated(Request::get(target)))
    }

    /// Posts JSON, as the page of the session does.
    #[track_caller]
    pub(crate) fn post(&self, target: &str, body: &Value) -> (u16, Value) {
        let request = Request::post(target, body.to_string())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("X-CSRF-TOKEN", &self.csrf)
            .header("X-Socket-ID", &self.socket);
        answer(self.app.server.send(&self.authenticated(request)))
    }
}

/// Shows the page and the log, instead of reading it as what it should have been.
#[track_caller]
fn no_error(response: Response, app: &App) -> Response {
    if response.status() == 200 {
        return response;
    }
    panic!("{}: {}\n{}", response.head.status_line().to_owned(), response.into_text(), app.log());
}

/// What a program prints, and whether it succeeds.
fn run(program: Cli) -> (String, bool) {
    let (mut process, mut output) = program.start();
    let printed = String::from_utf8(output.read_to_end(soon()).unwrap()).unwrap();
    let is_success = process.wait(soon()).success();
    (printed + &process.stderr(), is_success)
}

fn answer(response: Response) -> (u16, Value) {
    (response.status(), serde_json::from_slice(&response.into_body()).unwrap_or_default())
}

/// The data of an event, which is JSON.
#[track_caller]
pub(crate) fn data(event: &Event) -> Value {
    serde_json::from_str(&event.data).unwrap_or_else(|error| panic!("{error}: {event:?}"))
}

/// The data of the next event.
#[track_caller]
pub(crate) fn next(events: &mut EventStream) -> Value {
    data(&events.next_event())
}

fn php(hub: &HubOf) -> Php {
    Php::with_sse()
        .like_in_production()
        .system_extensions()
        .ini("sse.hub_socket", &hub.socket().display().to_string())
        // Files change under it.
        .ini("opcache.revalidate_freq", "0")
        // Deprecated is, of an older framework, much by now.
        .ini("error_reporting", "8191")
}

/// What `composer create-project` and `composer require php-sse/laravel` would leave.
fn site() -> Site {
    let site = Site::new();
    for copied in [APP, "tests/frameworks/laravel/StreamedEvent.php", "packages/laravel"] {
        site.copy(copied);
    }
    let app = |name: &str| format!("{APP}/{name}");
    for folder in ["views", "sessions", "cache/data"] {
        site.write(&app(&format!("storage/framework/{folder}/.keep")), "");
    }
    for folder in ["database", "bootstrap/cache", "storage/logs", "resources/views"] {
        site.write(&app(&format!("{folder}/.keep")), "");
    }
    let autoload = Path::new(env!("CARGO_MANIFEST_DIR")).join("laravel/autoload.php");
    site.write(&app("vendor/autoload.php"), fs::read(autoload).unwrap());
    site.write(&app("vendor/composer/installed.json"), installed(&site).to_string());
    site.write(&app(".env"), environment('k'));
    site.file("index.php", format!("<?php require __DIR__ . '/{APP}/public/index.php';"))
}

/// The settings of an application with such a key.
fn environment(key: char) -> String {
    let key: String = std::iter::repeat_n(key, 32).collect();
    format!("APP_KEY={key}\nBROADCAST_CONNECTION=sse\n")
}

/// Composer's list of what is installed.
fn installed(site: &Site) -> Value {
    let package = site.read("packages/laravel/composer.json");
    let mut package: Value = serde_json::from_str(&package).unwrap();
    package["install-path"] = json!("../../../../../packages/laravel");
    json!({ "packages": [package] })
}

/// Writes config/sse.php, as far as it differs from the package's.
pub(crate) fn configure(site: &Site, settings: &[(&str, &str)]) {
    if settings.is_empty() {
        return;
    }
    let lines: Vec<_> =
        settings.iter().map(|(name, value)| format!("'{name}' => {value}, ")).collect();
    site.write(&format!("{APP}/config/sse.php"), format!("<?php return [{}];", lines.concat()));
}

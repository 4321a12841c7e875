//! The application in `app/` on nginx and FPM, with a hub of its own.

use std::fs;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::OnceLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use server_tests::http::{EventStream, Request, Response};
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for};
use server_tests::server::{Cli, Fpm, Php, Server};
use server_tests::site::Site;

/// Where Mercure's hub would be, and the bundle's endpoint is.
pub(crate) const MERCURE: &str = "/.well-known/mercure";

/// The application on a server. The hub ends after the server, which would start another one.
pub(crate) struct App {
    pub(crate) server: Server,
    pub(crate) site: Site,
    pub(crate) hub: HubOf,
    environment: &'static str,
}

impl App {
    /// In production.
    pub(crate) fn start() -> Self {
        Self::start_in("prod")
    }

    /// In another environment of `app/Kernel.php`.
    pub(crate) fn start_in(environment: &'static str) -> Self {
        let site = Site::new();
        site.write("index.php", script(&site, environment, "index.php"));
        let hub = HubOf::site(&site);
        let server = Fpm::new(&site, php(&hub)).front_controller("index.php").start();
        let app = Self { server, site, hub, environment };
        // On a busy machine a hub may take longer to start than a request waits for it.
        wait_for("the hub", soon(), || {
            let response = app.server.get("/publish?topics=first");
            assert!(
                response.status() == 200 || app.log().contains("there is no hub"),
                "{}",
                app.log()
            );
            (response.status() == 200).then_some(())
        });
        app
    }

    /// The response to a request, which is no error of the application.
    pub(crate) fn ask(&self, request: &Request) -> Response {
        let response = self.server.send(request);
        let status = response.status();
        assert!(status != 500, "{}\n\n{}", response.into_text(), self.log());
        response
    }

    /// What the application has logged.
    pub(crate) fn log(&self) -> String {
        self.site.read("app.log")
    }

    pub(crate) fn text(&self, target: &str) -> String {
        self.ask(&Request::get(target)).into_text()
    }

    /// Publishes by Mercure's API; the answer is the event's id.
    pub(crate) fn publish(&self, topics: &[&str], data: &str, options: &str) -> String {
        let (topics, data) = (encoded(&topics.join("|")), encoded(data));
        self.text(&format!("/publish?topics={topics}&data={data}{options}"))
    }

    /// Follows what the query of a Mercure client asks for.
    pub(crate) fn follow(&self, query: &str) -> EventStream {
        self.follow_by(&Request::get(&format!("{MERCURE}?{query}")))
    }

    pub(crate) fn follow_by(&self, request: &Request) -> EventStream {
        let response = self.ask(request);
        let status = response.status();
        assert!(status == 200, "{request:?}: {}", response.into_text());
        response.events()
    }

    /// The exit code of the console's command, and what it prints.
    pub(crate) fn console(&self, command: &str, php: Php) -> (Option<i32>, String) {
        let site = &self.site;
        site.write("console.php", script(site, self.environment, "console.php"));
        let console = Cli::new(site.path("console.php"), php);
        let console = command.split(' ').fold(console, Cli::argument);
        let (mut process, mut output) = console.start();
        let printed = output.read_to_end(soon()).unwrap();
        let code = process.wait(soon()).code();
        (code, String::from_utf8(printed).unwrap() + &process.stderr())
    }
}

impl Deref for App {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// PHP with the extension, which finds or starts that hub.
pub(crate) fn php(hub: &HubOf) -> Php {
    let socket = hub.socket().display().to_string();
    Php::with_sse().like_in_production().system_extensions().ini("sse.hub_socket", &socket)
}

/// A script that runs one of the application's, in that environment.
pub(crate) fn script(site: &Site, environment: &str, name: &str) -> String {
    let directory = format!("{}/symfony/app", env!("CARGO_MANIFEST_DIR"));
    let variables = [
        ("APP_ENV", environment.to_owned()),
        ("APP_VAR_DIR", site.path("").display().to_string()),
        ("APP_CACHE_DIR", cache().display().to_string()),
    ];
    let set = variables.map(|(name, value)| format!("putenv('{name}={value}');")).concat();
    format!("<?php {set} require '{directory}/{name}';")
}

/// The compiled containers, which all tests of this run share: each takes a second to make.
fn cache() -> PathBuf {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE
        .get_or_init(|| {
            let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("symfony");
            drop(fs::remove_dir_all(&directory));
            fs::create_dir_all(&directory).unwrap();
            directory
        })
        .clone()
}

/// As one of the users of `app/config.php`.
pub(crate) fn as_user(request: Request, user: &str) -> Request {
    let password = &user[..1];
    let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
    request.header("Authorization", &format!("Basic {credentials}"))
}

/// Percent-encoded, for a query.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02X}"))
}

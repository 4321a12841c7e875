//! The two frameworks, and their applications on a server.

use std::ops::Deref;

use server_tests::http::{Request, Response};
use server_tests::patience::{soon, wait_for};
use server_tests::server::{Fpm, Php, Server};
use server_tests::site::Site;

/// Everything that differs between the two.
pub(crate) struct Framework {
    /// The directory in `examples/` and in `frameworks/`.
    name: &'static str,
    /// The environment variable that names the directory it may write to.
    storage: &'static str,
    /// Its log in there.
    pub(crate) log: &'static str,
    /// The line with which it logs the exception of `/throws`.
    pub(crate) uncaught: fn(class: &str) -> String,
    /// Our `Cache-Control` after it has changed it, in the response of a session.
    pub(crate) cache_control: &'static str,
    /// `/own-events` sends this, from event objects of its own.
    pub(crate) own_events: &'static str,
}

pub(crate) const LARAVEL: Framework = Framework {
    name: "laravel",
    storage: "LARAVEL_STORAGE_PATH",
    log: "laravel.log",
    uncaught: |class| {
        format!("production.ERROR: thrown by the source {{\"exception\":\"[object] ({class}(")
    },
    cache_control: "Cache-Control: no-store, no-transform, private",
    own_events: ":\n\
        event: greeting\ndata: one line\ndata: another line\n\n\
        event: progress\ndata: {\"percent\":50}\n\n",
};

pub(crate) const SYMFONY: Framework = Framework {
    name: "symfony",
    storage: "APP_VAR_DIR",
    log: "symfony.log",
    uncaught: |class| {
        format!("[critical] Uncaught PHP Exception {class}: \"thrown by the source\"")
    },
    cache_control: "Cache-Control: max-age=0, must-revalidate, no-store, no-transform, private",
    own_events: ":\n\
        event: greeting\ndata: one line\ndata: another line\n\n\
        : halfway\nid: 7\nretry: 2000\ndata: a line\ndata: a line of its own\n\n",
};

/// An application on a server, writing to a directory of its own.
pub(crate) struct App {
    pub(crate) server: Server,
    pub(crate) site: Site,
    pub(crate) log: &'static str,
}

impl Framework {
    /// The application in `examples/`.
    pub(crate) fn example(&self) -> App {
        self.start("examples", "public/index.php", with_sse())
    }

    /// The same application, with the routes in `frameworks/`.
    pub(crate) fn with_test_routes(&self, php: Php) -> App {
        self.start("tests/frameworks", "index.php", php)
    }

    fn start(&self, directory: &str, front_controller: &str, php: Php) -> App {
        let site = self.site(directory, front_controller);
        let server = Fpm::new(&site, php)
            .front_controller("index.php")
            // nginx obeys this header, and keeps it to itself unless told otherwise.
            .nginx_line("fastcgi_pass_header X-Accel-Buffering;")
            .start();
        App { server, site, log: self.log }
    }

    /// A document root with one script: it runs a script of the application, which writes there, too.
    pub(crate) fn site(&self, directory: &str, script: &str) -> Site {
        let Self { name, storage, .. } = self;
        let script = format!("{}/../{directory}/{name}/{script}", env!("CARGO_MANIFEST_DIR"));
        let index = format!("<?php putenv('{storage}=' . __DIR__); require '{script}';");
        Site::new().file("index.php", index)
    }
}

impl App {
    pub(crate) fn get(&self, target: &str) -> Response {
        self.send(&Request::get(target))
    }

    /// The response to a request, which is no error of the application.
    pub(crate) fn send(&self, request: &Request) -> Response {
        no_error_page(self.server.send(request), &self.site.read(self.log))
    }

    pub(crate) fn text(&self, target: &str) -> String {
        self.get(target).into_text()
    }

    pub(crate) fn wait_for_log(&self, line: &str) {
        let deadline = soon();
        wait_for(line, deadline, || self.site.read(self.log).contains(line).then_some(()));
    }
}

impl Deref for App {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// Shows the page, with the application's log, instead of reading it as what it should have been.
pub(crate) fn no_error_page(response: Response, log: &str) -> Response {
    if response.status() == 500 {
        let status = response.head.status_line().to_owned();
        panic!("{status}\n\n{}\n\n{log}", response.into_text());
    }
    response
}

pub(crate) fn with_sse() -> Php {
    Php::with_sse().like_in_production().system_extensions()
}

pub(crate) fn plain() -> Php {
    Php::plain().like_in_production().system_extensions()
}

/// `name=value` of the one cookie that a response sets.
pub(crate) fn session_cookie(response: &Response) -> &str {
    response.header("Set-Cookie").unwrap().split(';').next().unwrap()
}

/// The header fields, but for those that are never the same.
pub(crate) fn stable_headers(response: &Response) -> Vec<&str> {
    let names = ["Server: ", "Date: ", "Expires: ", "Set-Cookie: "];
    let changes = |line: &str| names.iter().any(|name| line.starts_with(name));
    response.head.lines().filter(|line| !changes(line)).collect()
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

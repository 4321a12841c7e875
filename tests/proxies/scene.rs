//! A server in front of PHP, and a stream behind it.

use std::fs;
use std::ops::Deref;
use std::path::Path;

use server_tests::extension;
use server_tests::http::{EventStream, Request};
use server_tests::hub::HubOf;
use server_tests::server::{HaProxy, Php, Server};
use server_tests::site::{Gate, Site};

/// `HAProxy` with the options that it needs.
pub(crate) const HAPROXY: HaProxy = HaProxy { options: &["http-no-delay", "abortonclose"] };

/// Has Varnish pass the bytes of streams on without a look at them.
pub(crate) const PIPE: &str = r#"sub vcl_recv {
    if (req.http.Accept ~ "text/event-stream") { return (pipe); }
}"#;

/// A script that a server serves, with a hub.
pub(crate) struct Scene {
    // Ends first: its workers would start another hub.
    pub(crate) server: Server,
    _hub: HubOf,
    pub(crate) site: Site,
    /// The script's `gate()` waits here.
    pub(crate) gate: Gate,
}

impl Scene {
    /// Has a server serve this script.
    #[track_caller]
    pub(crate) fn new(start: fn(&Path, Php) -> Server, script: &str) -> Self {
        let site = Site::new().with_prelude().file("stream.php", script);
        let gate = site.gate("gate");
        // PHP may run as somebody who cannot read what was built where it is.
        let built = extension::path();
        fs::copy(built.with_file_name("sse-hub"), site.path("sse-hub")).unwrap();
        fs::copy(built, site.path("libsse.so")).unwrap();
        let hub = HubOf::site(&site);
        let path = |name| site.path(name).display().to_string();
        let php = Php::plain()
            .ini("extension", &path("libsse.so"))
            .ini("auto_prepend_file", &path("prelude.php"))
            .ini("sse.hub_socket", &hub.socket().display().to_string())
            .ini("sse.hub_path", &path("sse-hub"));
        let server = start(site.as_ref(), php);
        Self { server, _hub: hub, site, gate }
    }

    /// Requests the script, as a browser's `EventSource` does.
    #[track_caller]
    pub(crate) fn open(&self) -> EventStream {
        self.send_for_events(&request())
    }

    /// Requests the script, as a browser's `EventSource` does that comes back after the event of this id.
    #[track_caller]
    pub(crate) fn come_back(&self, id: &str) -> EventStream {
        self.send_for_events(&request().header("Last-Event-ID", id))
    }

    #[track_caller]
    fn send_for_events(&self, request: &Request) -> EventStream {
        let response = self.server.send(request);
        assert_eq!(response.status(), 200);
        response.events()
    }

    /// Waits until the script has noted these lines and no others.
    #[track_caller]
    pub(crate) fn wait_for_notes(&self, lines: &[&str]) {
        self.site.wait_for_notes(lines);
    }
}

fn request() -> Request {
    Request::get("/stream.php").header("Accept", "text/event-stream")
}

impl Deref for Scene {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

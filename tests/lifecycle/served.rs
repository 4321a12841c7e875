//! Scripts on a server of the test's own.

use std::ops::Deref;
use std::path::Path;

use server_tests::http::Response;
use server_tests::patience::{soon, wait_for};
use server_tests::process::{Pid, is_running};
use server_tests::server::{Php, Server};
use server_tests::site::Site;

/// A server with its document root. Any script may call `note()`.
#[derive(Debug)]
pub(crate) struct Served {
    server: Server,
    pub(crate) site: Site,
}

impl Served {
    /// Has `start` serve the site.
    #[track_caller]
    pub(crate) fn new(site: Site, php: Php, start: impl FnOnce(&Path, Php) -> Server) -> Self {
        let site = site.with_prelude();
        let prelude = site.path("prelude.php").display().to_string();
        let server = start(site.as_ref(), php.ini("auto_prepend_file", &prelude));
        Self { server, site }
    }

    /// Has `start` serve one script, `stream.php`, with the extension.
    #[track_caller]
    pub(crate) fn script(script: &str, start: impl FnOnce(&Path, Php) -> Server) -> Self {
        Self::new(Site::new().file("stream.php", script), Php::with_sse(), start)
    }

    /// Requests the script, and reads its first bytes and its first event.
    #[track_caller]
    pub(crate) fn open(&self) -> Response {
        let mut stream = self.get("/stream.php");
        stream.body.read_until(b":\n", soon()).unwrap();
        stream.body.read_until(b"\n\n", soon()).unwrap();
        stream
    }

    /// Waits until the scripts have noted this, and nothing else.
    #[track_caller]
    pub(crate) fn wait_for_notes(&self, notes: &str) {
        self.site.wait_for_contents("notes", notes, soon());
    }
}

impl Deref for Served {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// Reads the next event, whose data is the id of a process.
#[track_caller]
pub(crate) fn read_pid(stream: &mut Response) -> Pid {
    stream.body.read_until(b"data: ", soon()).unwrap();
    let pid = stream.body.read_until(b"\n\n", soon()).unwrap();
    Pid::from_raw(String::from_utf8(pid).unwrap().trim().parse().unwrap()).unwrap()
}

/// Waits for a process to end, whether somebody has taken note of it or not.
#[track_caller]
pub(crate) fn wait_for_end(pid: Pid) {
    wait_for("a process to end", soon(), || (!is_running(pid)).then_some(()));
}

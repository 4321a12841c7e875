//! `examples/doctor.php` on a server, and what it says of the way to it.

use std::fs;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use server_tests::hub::HubOf;
use server_tests::server::{Php, Server};
use server_tests::site::Site;
use server_tests::{binary, extension};

/// What the page is asked with.
pub(crate) const TOKEN: &str = "a-token-for-the-tests";

/// The page on a server, with a hub.
#[derive(Debug)]
pub(crate) struct Scene {
    // Ends first: its workers would start another hub.
    pub(crate) server: Server,
    _hub: HubOf,
    pub(crate) site: Site,
}

impl Scene {
    /// Has a server serve the page, with the token set in it.
    #[track_caller]
    pub(crate) fn new(start: impl FnOnce(&Path, Php) -> Server) -> Self {
        let site = Site::new();
        site.copy("examples/doctor.php");
        site.copy("examples/doctor");
        let page = site.read("examples/doctor.php");
        let with_token = page.replace("DOCTOR_TOKEN = ''", &format!("DOCTOR_TOKEN = '{TOKEN}'"));
        assert_ne!(page, with_token);
        site.write("examples/doctor.php", with_token);
        // PHP may run as somebody who cannot read what was built where it is.
        let built = extension::path();
        fs::copy(built.with_file_name("sse-hub"), site.path("sse-hub")).unwrap();
        fs::copy(built, site.path("libsse.so")).unwrap();
        let hub = HubOf::site(&site);
        let php = Php::plain()
            .ini("extension", &site.path("libsse.so").display().to_string())
            .ini("sse.hub_socket", &hub.socket().display().to_string())
            .ini("sse.hub_path", &site.path("sse-hub").display().to_string());
        let server = start(&site.path("examples"), php);
        Self { server, _hub: hub, site }
    }

    /// The URL of the page, with its token.
    pub(crate) fn page(&self) -> String {
        page_at(self.addr())
    }

    /// What `php doctor.php URL` says, and its exit status.
    #[track_caller]
    pub(crate) fn ask(&self, options: &[&str]) -> (Value, Option<i32>) {
        self.ask_at(self.addr(), options)
    }

    /// The same at a proxy.
    #[track_caller]
    pub(crate) fn ask_at(&self, addr: SocketAddr, options: &[&str]) -> (Value, Option<i32>) {
        let script = self.site.path("examples/doctor.php");
        let output = Command::new(binary::php())
            .arg("-n")
            .arg(script)
            .arg(page_at(addr))
            .args(options)
            .output()
            .unwrap();
        let answer = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?} {}", self.log()));
        (answer, output.status.code())
    }
}

impl Deref for Scene {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

fn page_at(addr: SocketAddr) -> String {
    format!("http://{addr}/doctor.php?token={TOKEN}")
}

/// The names of the culprits in a list of the answer.
pub(crate) fn names(answer: &Value, list: &str) -> Vec<String> {
    let findings = answer[list].as_array().unwrap_or_else(|| panic!("no {list}: {answer:#}"));
    findings.iter().map(|finding| finding["culprit"].as_str().unwrap().to_owned()).collect()
}

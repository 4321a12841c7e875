//! A site on a server, the hub of its scripts, and clients of its streams.

use std::fs;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use server_tests::binary;
use server_tests::content_coding::{Coding, Decoded};
use server_tests::event_stream::EventStreamReader;
use server_tests::extension;
use server_tests::http::{Body, Request};
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for_eq};
use server_tests::reader::{End, Reader, Source};
use server_tests::server::{Php, Server};
use server_tests::site::{Gate, Site};

use crate::server::Kind;

/// A body that is decoded as it comes.
pub(crate) type Stream = Reader<Decoded<Body>>;

/// The same, as events.
pub(crate) type Events = EventStreamReader<Decoded<Body>>;

/// Scripts may call these functions: one waits at the gate of its query, the other tells the test something.
const PRELUDE: &str = r#"<?php
function gate(): void
{
    static $gates = [];
    $name = 'gate-' . ($_GET['as'] ?? '');
    $gates[$name] ??= fopen(__DIR__ . "/$name", 'r');
    fgets($gates[$name]);
}

function note(string $line): void
{
    file_put_contents(__DIR__ . '/notes', "$line\n", FILE_APPEND);
}
"#;

/// What is asked for: each coding, and none.
pub(crate) const ASKED: [Option<Coding>; 5] =
    [None, Some(Coding::Zstd), Some(Coding::Brotli), Some(Coding::Gzip), Some(Coding::Deflate)];

/// What a coding is called.
pub(crate) fn name(coding: Option<Coding>) -> &'static str {
    coding.map_or("identity", Coding::token)
}

/// Scripts on a server.
pub(crate) struct Scene {
    kind: Kind,
    // Ends before the hub: its workers would start another one.
    pub(crate) server: Server,
    hub: HubOf,
    pub(crate) site: Site,
}

impl Scene {
    /// Has a server with so many workers serve these files.
    #[track_caller]
    pub(crate) fn new(kind: Kind, workers: usize, files: &[(&str, &str)]) -> Self {
        Self::with(kind, workers, files, |php| php)
    }

    /// The same, where PHP has more settings.
    #[track_caller]
    pub(crate) fn with(
        kind: Kind,
        workers: usize,
        files: &[(&str, &str)],
        set: impl FnOnce(Php) -> Php,
    ) -> Self {
        let site = Site::new().file("prelude.php", PRELUDE);
        for (name, contents) in files {
            site.write(name, contents);
        }
        // PHP may run as somebody who cannot read what was built where it is.
        let built = extension::path();
        link_or_copy(&built.with_file_name("sse-hub"), &site.path("sse-hub"));
        link_or_copy(&built, &site.path("libsse.so"));
        let hub = HubOf::site(&site);
        let path = |name| site.path(name).display().to_string();
        let php = Php::plain()
            .ini("extension", &path("libsse.so"))
            .ini("auto_prepend_file", &path("prelude.php"))
            .ini("sse.hub_socket", &hub.socket().display().to_string())
            .ini("sse.hub_path", &path("sse-hub"));
        let server = kind.start(site.as_ref(), set(php), workers);
        Self { kind, server, hub, site }
    }

    /// The stream of a script to a client that takes this coding, which its response has to have.
    #[track_caller]
    pub(crate) fn open(&self, target: &str, coding: Option<Coding>) -> Stream {
        let response = self.server.send(&request(target, coding));
        let status = response.status();
        assert_eq!(status, 200, "{}", self.server.log());
        let stream = Decoded::body_of(response);
        assert_eq!(stream.source().coding(), self.kind.gives(coding), "{target}");
        stream
    }

    /// The same, as events.
    #[track_caller]
    pub(crate) fn events(&self, target: &str, coding: Option<Coding>) -> Events {
        EventStreamReader::new(self.open(target, coding))
    }

    /// The gate of the script that is asked with `as=` and this name.
    #[track_caller]
    pub(crate) fn gate(&self, name: &str) -> Gate {
        self.site.gate(&format!("gate-{name}"))
    }

    /// Waits until scripts have noted these lines and no others.
    #[track_caller]
    pub(crate) fn wait_for_notes(&self, lines: &[&str]) {
        self.site.wait_for_notes(lines);
    }

    /// Has the server's own user start the hub: a stream would not wait for it.
    #[track_caller]
    pub(crate) fn start_hub(&self) {
        self.site.write("start.php", HubOf::START);
        assert_eq!(self.server.get("/start.php").status(), 200, "{}", self.server.log());
    }

    /// Publishes on the topic `news`, from a process that is none of the server's. Returns the event's id.
    #[track_caller]
    pub(crate) fn publish(&self, data: &str) -> String {
        let mut command = Command::new(binary::php());
        let extension = self.site.path("libsse.so");
        command.arg("-n").arg("-d").arg(format!("extension={}", extension.display()));
        command.arg("-d").arg(format!("sse.hub_socket={}", self.hub.socket().display()));
        command.args(["-r", "echo Sse::publish('news', $argv[1]);", data]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Waits until a number of the hub's report is as expected.
    #[track_caller]
    pub(crate) fn wait_for_status(&self, field: &str, expected: usize) {
        wait_for_eq(&json!(expected), soon(), || {
            let output = self.hub("status").arg("--json").output().unwrap();
            serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default()[field].clone()
        });
    }

    /// The hub's own program, to be run with a command.
    pub(crate) fn hub(&self, command: &str) -> Command {
        self.hub.program(command)
    }
}

impl Deref for Scene {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// They are large.
fn link_or_copy(from: &Path, to: &Path) {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).unwrap();
    }
}

/// A GET that takes this coding only, as an `EventSource` sends it.
pub(crate) fn request(target: &str, coding: Option<Coding>) -> Request {
    let request = Request::get(target).header("Accept", "text/event-stream");
    match coding {
        Some(coding) => request.header("Accept-Encoding", coding.token()),
        None => request,
    }
}

/// Waits until a stream has brought these bytes, and sees that it brings no others.
#[track_caller]
pub(crate) fn brings<S: Source>(stream: &mut Reader<S>, expected: &[u8], what: &str) {
    let mut brought = Vec::new();
    while brought.len() < expected.len() {
        match stream.next_piece(soon()) {
            Ok(Some(piece)) => brought.extend(piece.bytes),
            other => panic!("{what}: {other:?} after {}", shown(&brought)),
        }
    }
    assert!(brought == expected, "{what}: {}, not {}", shown(&brought), shown(expected));
}

/// Sees that a stream has ended as it should, also by its coding, after these bytes.
#[track_caller]
pub(crate) fn ends<S: Source>(stream: &mut Reader<S>, expected: &[u8], what: &str) {
    let rest = stream.read_to_end(soon()).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    assert!(rest == expected, "{what}: {}, not {}", shown(&rest), shown(expected));
    assert_eq!(stream.end(), Some(&End::Clean), "{what}");
}

/// The first and the last of them.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 200;
    if bytes.len() <= 2 * MOST {
        return format!("\"{}\"", bytes.escape_ascii());
    }
    let (start, end) = (&bytes[..MOST], &bytes[bytes.len() - MOST..]);
    format!("{} bytes, \"{} ... {}\"", bytes.len(), start.escape_ascii(), end.escape_ascii())
}

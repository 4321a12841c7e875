//! A copy of the examples on a server of its own.

use std::fmt::Write;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use server_tests::event_stream::{Event, Item, POSITION};
use server_tests::http::{Request, Response};
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for, within};
use server_tests::reader::{Pipe, Reader};
use server_tests::server::{Builtin, Cli, CliProcess, Php, Server};
use server_tests::site::Site;
use walkdir::WalkDir;

/// Served as `make demo` serves it.
#[derive(Debug)]
pub(crate) struct Demo {
    // Ends first: its scripts would start another hub.
    server: Server,
    #[expect(dead_code, reason = "ends the hub when it is dropped")]
    hub: HubOf,
    pub(crate) site: Site,
    php: Php,
}

impl Demo {
    #[track_caller]
    pub(crate) fn start() -> Self {
        Self::with(Php::with_sse())
    }

    #[track_caller]
    pub(crate) fn with(php: Php) -> Self {
        let site = Site::new();
        for file in files() {
            let name = file.strip_prefix(directory()).unwrap();
            site.write(&format!("examples/{}", name.display()), fs::read(&file).unwrap());
        }
        let hub = HubOf::site(&site);
        let php = php.ini("sse.hub_socket", &hub.socket().display().to_string());
        let server = Builtin::new(site.path("examples"), php.clone()).workers(8).start();
        Self { server, hub, site, php }
    }

    /// Runs the queue worker, until it is dropped.
    #[track_caller]
    pub(crate) fn start_worker(&self) -> (CliProcess, Reader<Pipe>) {
        Cli::new(self.site.path("examples/worker.php"), self.php.clone()).start()
    }

    /// Changes a script for this test: `from` stands in it, and becomes `to`.
    #[track_caller]
    pub(crate) fn change(&self, script: &str, from: &str, to: &str) {
        let name = format!("examples/{script}");
        let changed = self.site.read(&name).replace(from, to);
        assert!(changed.contains(to), "{script} has no {from}");
        self.site.write(&name, changed);
    }

    /// Posts a form.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, form: &str) -> Response {
        let form_type = "application/x-www-form-urlencoded";
        self.server.send(&Request::post(path, form).header("Content-Type", form_type))
    }

    /// Posts a notification.
    #[track_caller]
    pub(crate) fn notify(&self, text: &str) {
        assert_eq!(self.post("/notify.php", &text_field(text)).status(), 204);
    }

    /// The answer of the language model, read from the script that stands for it.
    pub(crate) fn answer(&self) -> String {
        let script = self.site.read("examples/llm-upstream.php");
        let (_, rest) = script.split_once("<<<'TEXT'\n").unwrap();
        let (indented, _) = rest.split_once("\n    TEXT;").unwrap();
        let lines = indented.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Waits for the line that the server logs when a script has ended.
    pub(crate) fn wait_for_end_of(&self, script: &str) {
        let line = format!("[200]: GET /{script}");
        // After ten seconds the extension ends a script that takes no notice.
        wait_for(&line, within(Duration::from_secs(5)), || {
            self.log().contains(&line).then_some(())
        });
    }
}

impl Deref for Demo {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// The next bytes up to an empty line.
#[track_caller]
pub(crate) fn frame(response: &mut Response) -> String {
    String::from_utf8(response.body.read_until(b"\n\n", soon()).unwrap()).unwrap()
}

/// All events of a stream that ends by itself, but for what nobody listens for.
#[track_caller]
pub(crate) fn events(response: Response) -> Vec<Event> {
    let items = response.events().items_to_end(soon()).unwrap();
    let event = |item| if let Item::Event(event) = item { Some(event) } else { None };
    items.into_iter().filter_map(event).filter(|event| event.event != POSITION).collect()
}

/// A notification as a form has it.
pub(crate) fn text_field(text: impl AsRef<[u8]>) -> String {
    let mut field = String::from("text=");
    for byte in text.as_ref() {
        write!(field, "%{byte:02X}").unwrap();
    }
    field
}

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// The files of the demo: all examples but those of the frameworks.
pub(crate) fn files() -> Vec<PathBuf> {
    let frameworks = ["laravel", "symfony"].map(|name| directory().join(name));
    WalkDir::new(directory())
        .into_iter()
        .filter_entry(|entry| !frameworks.iter().any(|framework| framework == entry.path()))
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .collect()
}

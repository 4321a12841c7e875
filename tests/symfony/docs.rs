//! The pages for Symfony, typed: an application as `composer create-project` makes one (`skeleton/`), with the files
//! that the pages name and the commands that they show.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use server_tests::http::Request;
use server_tests::hub::HubOf;
use server_tests::markdown::{Block, blocks};
use server_tests::patience::{soon, wait_for};
use server_tests::server::{Builtin, Cli, Fpm, Php, Server};
use server_tests::site::Site;

use crate::app::{MERCURE, as_user, encoded, php};

/// The getting-started page, and what is beside it for those who come from elsewhere.
const PAGES: [&str; 3] =
    ["symfony.md", "moving/from-mercure.md", "moving/from-event-stream-response.md"];

/// The application on a server; the hub ends last.
struct Typed {
    server: Server,
    hub: HubOf,
    site: Site,
    blocks: Vec<Block>,
}

impl Typed {
    /// On the server that the page for beginners has.
    fn on_phps_own_server() -> Self {
        Self::start(|public, php| Builtin::new(public, php).workers(4).start())
    }

    /// On one that leaves every path to the application: PHP's own takes one with a dot for a file.
    fn on_nginx() -> Self {
        Self::start(|public, php| Fpm::new(public, php).front_controller("index.php").start())
    }

    fn start(serve: impl FnOnce(PathBuf, Php) -> Server) -> Self {
        let site = Site::new();
        copy_skeleton(&site);
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        let text = PAGES.map(|page| fs::read_to_string(pages.join(page)).unwrap());
        let blocks: Vec<Block> = text.iter().flat_map(|text| blocks(text)).collect();
        for block in &blocks {
            if let Some(file) = block.attribute("file") {
                site.write(file, &block.text);
            }
        }
        let enabled = containing(&blocks, "SseBundle::class =>");
        let others = site.read("config/bundles.php").replace("];", "");
        site.write("config/bundles.php", others + &enabled.text + "];\n");
        let hub = HubOf::site(&site);
        let server = serve(site.path("public"), php(&hub));
        let typed = Self { server, hub, site, blocks };
        wait_for("the hub", soon(), || typed.console("sse:doctor").contains("[OK]").then_some(()));
        typed
    }

    /// What a command of the console prints.
    fn console(&self, command: &str) -> String {
        let typed = containing(&self.blocks, "php bin/console").text.trim();
        assert_eq!(typed, "php bin/console sse:doctor");
        self.run("bin/console", command)
    }

    fn run(&self, script: &str, argument: &str) -> String {
        let script = Cli::new(self.site.path(script), php(&self.hub)).argument(argument);
        let (process, mut output) = script.start();
        let printed = output.read_to_end(soon()).unwrap();
        String::from_utf8(printed).unwrap() + &process.stderr()
    }

    /// Types the line of the page that begins so, with the address of the server, and returns what it prints.
    fn type_line(&self, start: &str) -> String {
        let shell = self.blocks.iter().filter(|block| block.language == "sh");
        let mut lines = shell.flat_map(|block| block.text.lines());
        let line = lines.find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}"));
        let line = line.replace("127.0.0.1:8000", &self.server.addr().to_string());
        let output = Command::new("sh").args(["-ec", &line]).output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

fn copy_skeleton(site: &Site) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("symfony");
    let skeleton = tests.join("skeleton");
    let files = [
        "bin/console",
        "config/bundles.php",
        "config/packages/framework.yaml",
        "config/packages/security.yaml",
        "config/services.yaml",
        "public/index.php",
        "src/Controller/UpdateController.php",
        "src/Kernel.php",
        "test.php",
    ];
    for file in files {
        site.write(file, fs::read(skeleton.join(file)).unwrap());
    }
    let source = site.path("src").display().to_string();
    let autoload = tests.join("app/autoload.php").display().to_string();
    site.write(
        "vendor/autoload.php",
        format!(
            "<?php putenv('APP_SRC={source}/'); putenv('MERCURE_JWT_SECRET=x'); require_once '{autoload}';"
        ),
    );
}

/// The one block that contains it.
fn containing<'a>(blocks: &'a [Block], text: &str) -> &'a Block {
    let found: Vec<_> = blocks.iter().filter(|block| block.text.contains(text)).collect();
    assert_eq!(found.len(), 1, "{text}");
    found[0]
}

#[test]
fn the_page_typed_as_written_gives_a_notification_stream_that_can_be_resumed() {
    let typed = Typed::on_phps_own_server();
    let page = typed.server.get("/").into_text();
    assert!(page.contains("new EventSource('/notifications')"), "{page}");

    let mut stream = typed.server.get("/notifications").events();
    let first = typed.type_line("curl --data 'The first'");
    let event = stream.next_event();
    assert_eq!((event.id, event.data.as_str()), (Some(first.clone()), r#"{"text":"The first"}"#));
    drop(stream);

    let second = typed.type_line("curl --data 'The second'");
    let shown = "curl --no-buffer --header 'Last-Event-ID: 1795912998123-0' http://127.0.0.1:8000/notifications";
    assert_eq!(typed.blocks.iter().filter(|block| block.text.contains(shown)).count(), 1);
    let request = Request::get("/notifications").header("Last-Event-ID", &first);
    let event = typed.server.send(&request).events().next_event();
    assert_eq!((event.id, event.data.as_str()), (Some(second), r#"{"text":"The second"}"#));
}

#[test]
fn the_streams_of_the_page_are_what_it_says() {
    let typed = Typed::on_phps_own_server();
    let countdown = typed.server.get("/countdown").into_text();
    assert_eq!(countdown, ":\ndata: 3\n\ndata: 2\n\ndata: 1\n\nevent: end\ndata: lift-off\n\n");
    for (target, event) in [("/clock", "tick"), ("/prices", "price")] {
        assert_eq!(typed.server.get(target).events().next_event().event, event);
    }
    let orders = Request::get("/orders/stream");
    assert_eq!(typed.server.send(&orders).status(), 401);
    assert_eq!(typed.server.send(&as_user(orders, "alice")).status(), 200);

    let body = &containing(&typed.blocks, "static::createClient()").text;
    typed.site.write("test-of-the-page", body.replace("static::", "PageTest::"));
    let file = typed.site.path("test-of-the-page").display().to_string();
    assert_eq!(typed.run("test.php", &file), "passed");
}

#[test]
fn the_wiring_of_those_who_come_from_mercure_is_enough() {
    let typed = Typed::on_nginx();
    let hers = "https://example.com/users/alice/orders/1";
    let following = |topic: &str| Request::get(&format!("{MERCURE}?topic={}", encoded(topic)));
    let pattern = "https://example.com/users/{user}/orders/{id}";
    for (request, expected) in [
        (following(hers), "public"),
        (as_user(following(hers), "alice"), "private"),
        (following(pattern), "public"),
        (following("*"), "public"),
    ] {
        let mut events = typed.server.send(&request).events();
        assert_eq!(typed.server.send(&Request::post("/update", hers)).into_text(), "published");
        assert_eq!(events.next_event().data, expected, "{request:?}");
    }
}

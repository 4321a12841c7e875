//! Laravel in FrankenPHP's worker mode, with a sandbox of the application for each request, as Octane has it.

use std::path::Path;
use std::thread;

use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};
use server_tests::server::{FrankenPhp, Php, Server};
use server_tests::site::Site;

use crate::COUNTDOWN;
use crate::app::{session_cookie, text};

const CLIENTS: usize = 4;
const ROUNDS: usize = 50;

/// A thousand requests: streams that end, streams whose clients leave, and pages, each in a session.
#[test]
fn streams_of_laravel_stay_apart_in_one_process() {
    let (site, server) = octane();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| visit(&server, &site));
        }
    });

    let stopped = 2 * CLIENTS * ROUNDS;
    let lines = wait_for("the end of each stream", soon(), || {
        let log = site.read("laravel.log");
        (log.lines().count() >= stopped).then_some(log)
    });
    let expected = "The ticker has stopped: client_gone";
    assert!(lines.lines().all(|line| line.contains(expected)), "{lines}");
    assert_eq!(lines.lines().count(), stopped);
    let log = server.log();
    // It warns of a PHP that is not thread safe.
    let mut complaints = log.lines().filter(|line| !line.contains(" WARN ZTS is not enabled"));
    let is_one = |line: &str| [" WARN ", " ERROR "].iter().any(|level| line.contains(level));
    assert!(!complaints.any(is_one), "{log}");
}

/// The example, booted once for each thread.
fn octane() -> (Site, Server) {
    let site = Site::new();
    let octane = Path::new(env!("CARGO_MANIFEST_DIR")).join("frameworks/laravel/octane.php");
    let worker = format!(
        "<?php putenv('LARAVEL_STORAGE_PATH={}'); require '{}';",
        site.as_ref().display(),
        octane.display()
    );
    let site = site.file("worker.php", worker);
    // Deprecated is what is older than this PHP.
    let php = Php::with_sse().ini("include_path", "/usr/share/php").ini("error_reporting", "8191");
    let php = php.system_extensions();
    let server = FrankenPhp::new(&site, php.like_in_production())
        .threads(CLIENTS)
        .worker_script(&site.path("worker.php"))
        .start();
    (site, server)
}

/// One visitor, whose visits the session counts.
fn visit(server: &Server, site: &Site) {
    let page = server.get("/visits");
    let cookie = session_cookie(&page).to_owned();
    assert_eq!(page.into_text(), r#"{"visit":1}"#, "{}", site.read("laravel.log"));
    let get = |target| server.send(&Request::get(target).header("Cookie", &cookie));
    for round in 0..ROUNDS {
        let visit = 2 + 4 * round;
        assert_eq!(get("/countdown").into_text(), COUNTDOWN);
        for visit in [visit, visit + 1] {
            assert_eq!(get("/visits").into_text(), format!("{{\"visit\":{visit}}}"));
        }
        for visit in [visit + 2, visit + 3] {
            let mut stream = get("/ticker");
            let first = stream.body.read_until(b"}\n\n", soon()).unwrap();
            let expected = format!(":\nevent: tick\ndata: {{\"visit\":{visit},\"tick\":1}}\n\n");
            assert_eq!(text(first), expected);
            stream.into_wire().close();
        }
    }
}

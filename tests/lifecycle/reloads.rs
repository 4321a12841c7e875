//! FPM reloads under open streams: each ends cleanly and at once, its client comes back to a new
//! worker, and goes on where it was.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use server_tests::event_stream::{Item, POSITION};
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for_eq};
use server_tests::reader::End;
use server_tests::server::{Fpm, Php, Server};
use server_tests::site::Site;

const CLIENTS: usize = 20;
const NOTIFICATIONS: usize = 600;

/// A stream must end within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

#[test]
fn streams_resume_across_a_reload_that_does_not_wait_for_workers() {
    streams_resume_across_a_reload(0);
}

#[test]
fn streams_resume_across_a_reload_that_waits_for_workers() {
    streams_resume_across_a_reload(10);
}

#[track_caller]
fn streams_resume_across_a_reload(process_control_timeout: u32) {
    let site = notification_site();
    let prelude = site.path("prelude.php").display().to_string();
    let server =
        Fpm::new(site.path("examples"), Php::with_sse().ini("auto_prepend_file", &prelude))
            .children(CLIENTS)
            .process_control_timeout(process_control_timeout)
            .start();
    let (clients, reloaded_at) = follow_across_a_reload(&server, &site);

    let expected: Vec<_> = (0..NOTIFICATIONS).map(notification).collect();
    let workers: Vec<_> = server.workers().iter().map(ToString::to_string).collect();
    for visits in clients {
        let seen: Vec<_> = visits.iter().flat_map(|visit| visit.seen.clone()).collect();
        assert_eq!(seen, expected);

        let [before, after] = &visits[..] else { panic!("{} visits", visits.len()) };
        assert_eq!(before.end, Some(End::Clean));
        let delay = before.over_at.duration_since(reloaded_at);
        assert!(delay < AT_ONCE, "the stream ended after {delay:?}");
        assert!(!workers.contains(&before.worker));
        assert!(workers.contains(&after.worker));
    }
    assert_eq!(site.read("reasons"), "Shutdown\n".repeat(CLIENTS));
}

/// The example, with a header that names the worker, and a note of why each stream stopped.
fn notification_site() -> Site {
    let site = Site::new().file(
        "prelude.php",
        "<?php
        header('X-Worker: ' . getmypid());
        register_shutdown_function(function () {
            $reason = Sse::current()->stopReason()?->name;
            if ($reason !== 'ClientGone') {
                file_put_contents(__DIR__ . '/reasons', \"$reason\\n\", FILE_APPEND);
            }
        });",
    );
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for file in ["notifications.php", "lib/NotificationLog.php", "lib/DropSignal.php"] {
        site.write(&format!("examples/{file}"), fs::read(examples.join(file)).unwrap());
    }
    site.write(LOG, "");
    site
}

/// Where the example keeps its notifications.
const LOG: &str = ".cache/demo/notifications.jsonl";

fn notification(number: usize) -> String {
    format!(r#"{{"text":"notification {number}"}}"#)
}

/// All clients' visits, and when the server was told to reload. Notifications are written before,
/// meanwhile and after.
fn follow_across_a_reload(server: &Server, site: &Site) -> (Vec<Vec<Visit>>, Instant) {
    thread::scope(|scope| {
        let (arrivals, arrived) = channel();
        let follow = || {
            let arrivals = arrivals.clone();
            scope.spawn(move || visits(server, &arrivals))
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| follow()).collect();
        arrived.iter().take(CLIENTS).for_each(drop);

        let writer = scope.spawn(|| write_notifications(site));
        let written = || site.read(LOG).lines().count();
        wait_for_eq(&true, soon(), || written() > NOTIFICATIONS / 3);
        let reloaded_at = Instant::now();
        server.reload();
        writer.join().unwrap();
        (clients.into_iter().map(|client| client.join().unwrap()).collect(), reloaded_at)
    })
}

fn write_notifications(site: &Site) {
    let mut log = File::options().append(true).open(site.path(LOG)).unwrap();
    for number in 0..NOTIFICATIONS {
        log.write_all(format!("{}\n", notification(number)).as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(3));
    }
}

/// One connection of a client.
struct Visit {
    worker: String,
    seen: Vec<String>,
    last_event_id: String,
    over_at: Instant,
    /// `None` if the client left by itself.
    end: Option<End>,
}

/// A client that comes back until it has seen everything.
fn visits(server: &Server, arrivals: &Sender<()>) -> Vec<Visit> {
    let mut visits = vec![visit(server, &Request::get("/notifications.php"), arrivals)];
    while let Some(Visit { end: Some(_), last_event_id, .. }) = visits.last() {
        let request = Request::get("/notifications.php").header("Last-Event-ID", last_event_id);
        visits.push(visit(server, &request, arrivals));
    }
    visits
}

fn visit(server: &Server, request: &Request, arrivals: &Sender<()>) -> Visit {
    let response = server.send(request);
    assert_eq!(response.status(), 200);
    let worker = response.header("X-Worker").unwrap().to_owned();
    let mut visit = Visit {
        worker,
        seen: Vec::new(),
        last_event_id: String::new(),
        over_at: Instant::now(),
        end: None,
    };
    let mut stream = response.events();
    while let Some(item) = stream.next_item(soon()).unwrap() {
        let Item::Event(event) = item else {
            // The first bytes: it is open.
            let _ = arrivals.send(());
            continue;
        };
        if event.event == POSITION {
            continue;
        }
        visit.last_event_id = event.last_event_id;
        visit.seen.push(event.data);
        if visit.seen.last() == Some(&notification(NOTIFICATIONS - 1)) {
            return visit;
        }
    }
    visit.over_at = Instant::now();
    visit.end = stream.end().cloned();
    visit
}

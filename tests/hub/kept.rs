//! Connections that the web server keeps for its next request, and that the hub closes.

use std::thread;

use server_tests::http::Request;
use server_tests::server::Php;

use crate::scene::Kind;

/// Streams that the hub ends at once.
const SHORT: &str = "<?php Sse::start(heartbeat: 0, maxLifetime: 0.001)->subscribe('news');";

/// How many send requests, one right behind the other, and how many each. Their method is one that nginx does
/// not repeat when a connection turns out to be closed.
const CLIENTS: usize = 8;
const REQUESTS: usize = 300;

/// Each connection that is kept keeps a worker.
const WORKERS: usize = 24;

#[test]
fn streams_that_the_hub_ends_on_kept_connections_end_no_other_request() {
    let scripts = [("short.php", SHORT), ("page.php", "<?php echo 'page';")];
    let scene = Kind::FpmKeepalive.play(WORKERS, Php::with_sse(), &scripts).with_hub();
    let bad: Vec<u16> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let page = if client % 2 == 0 { "/short.php" } else { "/page.php" };
                let request = Request::post(page, vec![b'x'; 70_000]);
                let server = &scene.server;
                let send = move || server.send(&request);
                scope.spawn(move || {
                    let responses = (0..REQUESTS).map(|_| send());
                    responses
                        .filter(|it| it.status() != 200)
                        .map(|it| it.status())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let accepted = scene.status()["accepted"].as_u64().unwrap();
    assert!(accepted > 0, "the hub has held none");
    assert!(bad.is_empty(), "{} of {}: {:?}", bad.len(), CLIENTS * REQUESTS, bad.first());
}

//! `doctor()` on the server in front, where its advice depends on more than that server.

use server_tests::http::Request;
use server_tests::server::{Caddy, Fpm};

use crate::scene::Scene;

const SCRIPT: &str = "<?php
    $sse = Sse::start(heartbeat: 3600);
    $sse->send(implode(PHP_EOL, Sse::doctor()['advice']));";

#[test]
fn doctor_warns_behind_caddy_when_there_are_no_heartbeats() {
    let scene = Scene::new(
        |root, php| Fpm::new(root, php.ini("sse.heartbeat", "0")).start_behind(&Caddy),
        SCRIPT,
    );
    let advice = scene.open().next_event().data;
    assert!(advice.contains("with sse.heartbeat = 0 never"), "{advice}");
}

#[test]
fn doctor_names_the_headers_of_a_proxy_and_repeats_nothing_that_they_say() {
    let scene = Scene::new(|root, php| Fpm::new(root, php).start(), SCRIPT);
    let request = Request::get("/stream.php")
        .header("Via", "1.1 <b>bold</b>")
        .header("X-Forwarded-For", "<b>bold</b>");
    let advice = scene.send(&request).events().next_event().data;
    assert!(advice.contains("(Via, X-Forwarded-For)"), "{advice}");
    assert!(!advice.contains("bold"), "{advice}");
}

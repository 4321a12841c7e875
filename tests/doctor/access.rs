//! Who may ask the page, and what it shows.

use std::fs::File;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use server_tests::http::Request;
use server_tests::server::{Builtin, Fpm};

use crate::scene::{Scene, TOKEN, names};

fn start() -> Scene {
    Scene::new(|root, php| Fpm::new(root, php).start())
}

fn without_token(scene: &Scene) {
    let page = scene.site.read("examples/doctor.php");
    scene.site.write("examples/doctor.php", page.replace(TOKEN, ""));
}

#[track_caller]
fn is_refused(scene: &Scene, request: &Request, why: &str) {
    let response = scene.send(request);
    assert_eq!(response.status(), 403);
    assert_eq!(response.into_text(), format!("{why}\n"));
}

#[test]
fn who_has_no_token_is_told_nothing() {
    const WHY: &str = "doctor.php answers ?token=... with the token that is set in it.";
    let scene = start();
    for target in ["/doctor.php", "/doctor.php?token=wrong", "/doctor.php?token[]=1&json"] {
        is_refused(&scene, &Request::get(target), WHY);
        is_refused(&scene, &Request::post(target, "{}"), WHY);
    }
    is_refused(&scene, &Request::get("/doctor.php?probe=sse"), WHY);
    without_token(&scene);
    let why = "doctor.php needs a token of 16 characters or more: set DOCTOR_TOKEN in it.";
    is_refused(&scene, &Request::get("/doctor.php?token="), why);
}

#[test]
fn a_day_after_it_was_written_it_answers_nobody() {
    let scene = start();
    let target = format!("/doctor.php?token={TOKEN}");
    assert_eq!(scene.get(&target).status(), 200);
    let day_before = SystemTime::now() - Duration::from_secs(86_500);
    let page = File::options().append(true).open(scene.site.path("examples/doctor.php")).unwrap();
    page.set_modified(day_before).unwrap();
    let why = "doctor.php was written more than a day ago. Remove it, or touch it to go on.";
    is_refused(&scene, &Request::get(&target), why);
}

#[test]
fn under_php_s_it_answers_who_sits_at_the_machine_and_no_proxy_or_other_name() {
    const WHY: &str = "doctor.php needs a token of 16 characters or more: set DOCTOR_TOKEN in it.";
    let scene = Scene::new(|root, php| Builtin::new(root, php).workers(4).start());
    without_token(&scene);
    let request = Request::get("/doctor.php");
    assert_eq!(scene.send(&request).status(), 200);
    is_refused(&scene, &request.clone().header("X-Forwarded-For", "192.0.2.1"), WHY);
    let mut wire = scene.connect();
    std::io::Write::write_all(&mut wire, b"GET /doctor.php HTTP/1.0\r\nHost: example.org\r\n\r\n")
        .unwrap();
    let mut reader = server_tests::reader::Reader::new(wire);
    let answer = reader.read_to_end(server_tests::patience::soon()).unwrap();
    assert!(answer.starts_with(b"HTTP/1.0 403 "), "{}", answer.escape_ascii());
}

#[test]
fn the_answer_for_curl_has_no_path_of_the_server_and_the_lines_that_fit_first() {
    let scene = start();
    let response = scene.get(&format!("/doctor.php?token={TOKEN}&json"));
    assert_eq!(response.header("Content-Type"), Some("application/json"));
    assert_eq!(response.header("Cache-Control"), Some("no-store, no-transform"));
    let text = response.into_text();
    let site = scene.site.path("").display().to_string();
    assert!(!text.contains(&site) && !text.contains(TOKEN), "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["verdict"], "Events arrive as they are sent.");
    assert_eq!(names(&answer, "culprits"), [""; 0]);
    let hand_off = "yes: subscribe() moves the connection, and frees the worker";
    assert_eq!(answer["doctor"]["handOff"], hand_off, "{text}");
    assert!(text.find("fastcgi_read_timeout 60s") < text.find("flushpackets"), "{text}");
}

#[test]
fn what_a_client_claims_to_have_measured_may_be_anything() {
    let scene = start();
    let target = format!("/doctor.php?token={TOKEN}&judge");
    for body in [
        r#"{"client": {"ticks": [[], [1], ["a", {}], [1, 2, 3]], "headers": {"server": []},
            "facts": {"proxyHeaders": 7}, "error": {}}, "silence": []}"#,
        "no JSON",
    ] {
        let response = scene.send(&Request::post(&target, body));
        assert_eq!(response.status(), 200);
        let answer: Value = serde_json::from_slice(&response.into_body()).unwrap();
        assert_eq!(names(&answer, "culprits"), [""; 0], "{body}: {answer:#}");
    }
    assert!(!scene.log().contains("PHP "), "{}", scene.log());
}

//! Browsers: what each of them asks for, on every server, event by event.

use serde_json::{Value, json};
use server_tests::binary;
use server_tests::browser::{Browser, Kind as Engine};
use server_tests::content_coding::Coding;
use server_tests::in_each_browser;
use server_tests::patience::{soon, wait_for_eq};

use crate::scene::Scene;
use crate::server::Kind;

in_each_browser![
    each_event_reaches_the_page_when_it_is_sent,
    each_event_reaches_the_page_when_frankenphp_sends_it,
    events_reach_the_page_through_a_hand_over_an_upgrade_and_a_reload,
];

/// Has a source for each coding, which tells `seen` of it what it has seen.
const PAGE: &str = "<!doctype html><link rel=icon href='data:,'><script>
var seen = {};
function listen(coding) {
    const source = new EventSource(`/stream.php?as=${coding}`);
    const list = seen[coding] = [];
    source.onopen = () => list.push('open');
    source.onerror = () => { list.push('error'); source.close(); };
    source.onmessage = ({ data }) => list.push(data);
}
</script>";

/// Offers one coding, and notes whether the browser has taken it.
const STREAM: &str = "<?php
    $sse = Sse::start(heartbeat: 3600, compress: [$_GET['as']]);
    $taken = implode(preg_grep('/^content-encoding:/i', headers_list()));
    note(\"$_GET[as]: \" . ($taken ? 'taken' : 'refused') . \", $_SERVER[HTTP_ACCEPT_ENCODING]\");
    foreach (['one', 'two', 'three'] as $data) {
        gate();
        $sse->send($data);
    }
    gate();
    $sse->close('four');";

fn each_event_reaches_the_page_when_it_is_sent(engine: Engine) {
    all_reach_the_page(engine, |kind| !kind.is_frankenphp());
}

fn each_event_reaches_the_page_when_frankenphp_sends_it(engine: Engine) {
    let has_threads = binary::php_is_thread_safe();
    all_reach_the_page(engine, |kind| {
        kind == Kind::FrankenPhp || kind == Kind::FrankenPhpWorker && has_threads
    });
}

#[track_caller]
fn all_reach_the_page(engine: Engine, is_meant: impl Fn(Kind) -> bool) {
    let browser = Browser::start(engine);
    for kind in Kind::ALL.into_iter().filter(|kind| is_meant(*kind)) {
        // A browser opens so many connections.
        let at_once = kind.at_once(6);
        let files = [("page.php", PAGE), ("stream.php", STREAM)];
        let scene = Scene::new(kind, at_once, &files);
        browser.open(&scene.url("/page.php"));
        for codings in Coding::ALL.chunks(at_once) {
            follows(&browser, &scene, codings);
        }
        let notes = scene.site.read("notes");
        eprintln!("{engine:?}, {kind:?}:\n{notes}");
        let takes_any = Coding::ALL.iter().any(|coding| kind.gives(Some(*coding)).is_some());
        assert_eq!(notes.contains(": taken"), takes_any, "{engine:?}, {kind:?}: {notes}");
        for note in notes.lines() {
            let (coding, rest) = note.split_once(": ").unwrap();
            let (what, field) = rest.split_once(", ").unwrap();
            let asked = takes_any && field.split(", ").any(|asked| asked == coding);
            let expected = if asked { "taken" } else { "refused" };
            assert_eq!(what, expected, "{engine:?}, {kind:?}: {note}");
        }
    }
}

/// The page has a source for each of these codings, and each event comes when the script may send it.
#[track_caller]
fn follows(browser: &Browser, scene: &Scene, codings: &[Coding]) {
    let gates: Vec<_> = codings.iter().map(|coding| scene.gate(coding.token())).collect();
    for coding in codings {
        browser.execute("listen(arguments[0])", &[json!(coding.token())]);
        saw(browser, *coding, &["open"]);
    }
    let all = ["open", "one", "two", "three", "four", "error"];
    for number in 2..=5 {
        for (gate, coding) in gates.iter().zip(codings) {
            gate.release();
            // After the last there is the end.
            saw(browser, *coding, if number == 5 { &all } else { &all[..number] });
        }
    }
}

/// Waits until the page has seen these things of a source and no others.
#[track_caller]
fn saw(browser: &Browser, coding: Coding, expected: &[&str]) {
    let seen = || browser.execute("return seen[arguments[0]]", &[json!(coding.token())]);
    wait_for_eq(&json!(expected), soon(), seen);
}

/// Lets the hub go on.
const SUBSCRIBE: &str = "<?php
    $sse = Sse::start(heartbeat: 0.05, compress: [$_GET['as']]);
    $sse->send('of the worker');
    $sse->subscribe('news');
    note('moved');";

fn events_reach_the_page_through_a_hand_over_an_upgrade_and_a_reload(engine: Engine) {
    let files = [("page.php", PAGE), ("stream.php", SUBSCRIBE)];
    let scene = Scene::new(Kind::Fpm, 6, &files);
    scene.start_hub();
    let browser = Browser::start(engine);
    browser.open(&scene.url("/page.php"));
    let mut expected = vec!["open", "of the worker"];
    for (number, coding) in Coding::ALL.into_iter().enumerate() {
        browser.execute("listen(arguments[0])", &[json!(coding.token())]);
        saw(&browser, coding, &expected);
        scene.wait_for_notes(&vec!["moved"; number + 1]);
    }
    let mut all_see = |data: &'static str| {
        scene.publish(data);
        expected.push(data);
        for coding in Coding::ALL {
            saw(&browser, coding, &expected);
        }
    };
    all_see("after the hand-over");
    assert!(scene.hub("upgrade").status().unwrap().success());
    all_see("after the upgrade");
    scene.server.reload();
    all_see("after the reload");
    assert!(scene.hub("stop").status().unwrap().success());
    for coding in Coding::ALL {
        let last = || {
            let seen = browser.execute("return seen[arguments[0]]", &[json!(coding.token())]);
            seen.as_array().and_then(|list| list.last()).cloned().unwrap_or(Value::Null)
        };
        wait_for_eq(&json!("error"), soon(), last);
    }
}

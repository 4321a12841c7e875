//! Programs that pass on what an upstream sends.

use server_tests::patience::soon;
use server_tests::server::{Builtin, Php, Server};
use server_tests::site::{Gate, Site};

use crate::page::{Page, Served, frame};

/// The frames of a whole answer.
const ANSWER: [&str; 5] = [
    ":\nevent: token\ndata: Two\n\n",
    "event: token\ndata:  lines:\ndata: \ndata: \n\n",
    "event: token\ndata: é\n\n",
    "event: token\ndata: 0\n\n",
    "event: done\ndata: \n\n",
];

/// An upstream, and a site whose programs ask it.
pub(crate) struct Scene {
    pub(crate) site: Served,
    pub(crate) upstream: Site,
    pub(crate) gate: Gate,
    _server: Server,
}

/// The programs of a page, with an upstream that they find in their environment.
pub(crate) fn scene(page: Page, php: Php) -> Scene {
    let upstream = Site::new().with_prelude().file("index.php", include_str!("upstream.php"));
    let gate = upstream.gate("gate");
    let prelude = upstream.path("prelude.php").display().to_string();
    let with_prelude = Php::with_sse().ini("auto_prepend_file", &prelude);
    let server = Builtin::new(&upstream, with_prelude).workers(4).start();
    let site = page.serve(php, |fpm| {
        fpm.pool_line(&format!("env[OPENAI_BASE_URL] = {}", server.url("/v1")))
            .pool_line("env[OPENAI_API_KEY] = secret")
    });
    Scene { site, upstream, gate, _server: server }
}

fn open() -> Scene {
    let page = Page::new("recipes/upstreams.md");
    let php = page.php().ini("sse.heartbeat", "0.1");
    scene(page, php)
}

fn every_token_goes_out_as_it_comes(program: &str) {
    let scene = open();
    let mut response = scene.site.get(&format!("/{program}.php?question=any"));
    for expected in ANSWER {
        // The upstream waits for the one after it.
        scene.gate.release();
        let frame = frame(&mut response);
        assert_eq!(frame.trim_start_matches(":\n"), expected.trim_start_matches(":\n"));
    }
    assert_eq!(response.body.read_to_end(soon()).unwrap(), b"");
    scene.upstream.wait_for_notes(&["upstream: Closed"]);
}

fn a_reader_who_leaves_ends_the_request_of_a_silent_upstream(program: &str) {
    let scene = open();
    let mut response = scene.site.get(&format!("/{program}.php?question=silence"));
    // Heartbeats, for nothing else comes.
    for _ in 0..5 {
        assert_eq!(response.body.read_until(b"\n", soon()).unwrap(), b":\n");
    }
    drop(response);
    scene.upstream.wait_for_notes(&["upstream: ClientGone"]);
}

fn an_answer_that_breaks_off_or_never_comes_has_failed(program: &str) {
    let scene = open();
    scene.gate.release();
    for (question, token) in [("break", "event: token\ndata: Two\n\n"), ("fail", "")] {
        let body = scene.site.text(&format!("/{program}.php?question={question}"));
        let events = body.replace(":\n", "");
        assert_eq!(events, format!("{token}event: failed\ndata: \n\n"));
    }
    assert_eq!(scene.site.get(&format!("/{program}.php")).status(), 400);
}

macro_rules! by_each_client {
    ($($test:ident,)*) => {
        by_each_client! { streams "streams" $($test)* }
        by_each_client! { guzzle "guzzle" $($test)* }
        by_each_client! { http_client "http-client" $($test)* }
        by_each_client! { curl "curl" $($test)* }
    };
    ($module:ident $program:literal $($test:ident)*) => {
        mod $module { $(#[test] fn $test() { super::$test($program); })* }
    };
}

by_each_client! {
    every_token_goes_out_as_it_comes,
    a_reader_who_leaves_ends_the_request_of_a_silent_upstream,
    an_answer_that_breaks_off_or_never_comes_has_failed,
}

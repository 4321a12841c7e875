//! httpd runs requests within requests: `virtual()`, server-side includes, error documents. A stream that
//! begins in one of them, or is open around one, outlives it unharmed.

use server_tests::binary;
use server_tests::server::{Apache, Php};
use server_tests::site::Site;

use crate::served::Served;

/// Each is tried so often, in one process.
const ROUNDS: usize = 20;

/// Blocks for a few heartbeats, and does what makes httpd use the memory of a request that is over.
const PASSES_TIME: &str = "
    function pass_time(): void
    {
        for ($i = 0; $i < 10; $i++) {
            usleep(5_000);
            apache_note(\"note $i\", str_repeat('x', 1000));
        }
    }";

#[track_caller]
fn serve(scripts: &[(&str, &str)], php: Php, lines: &[&str]) -> Served {
    let site = Site::new().file("time.php", format!("<?php {PASSES_TIME}"));
    for (name, script) in scripts {
        site.write(name, script);
    }
    Served::new(site, php, |root, php| {
        let apache = Apache::new(root, php).children(1).overwriting_freed_memory();
        lines.iter().fold(apache, |apache, line| apache.line(line)).start()
    })
}

/// A body without its heartbeats, and without the line that follows one at the end.
fn events(served: &Served, target: &str) -> String {
    let body = served.get(target).into_text();
    let is_event = |line: &&str| !["", ":", "event"].contains(&line.trim_end());
    body.split_inclusive('\n').filter(is_event).collect()
}

/// Asks for it again and again: each time all of it comes, and nothing crashes.
#[track_caller]
fn is_right_each_time(served: &Served, target: &str, expected: &str) {
    for round in 0..ROUNDS {
        assert_eq!(events(served, target), expected, "round {round}: {}", served.log());
    }
    assert!(!served.log().contains("exit signal"), "{}", served.log());
}

/// The stream begins within, and goes on in the script around it.
const AROUND: &str = "<?php
    require 'time.php';
    header('Content-Type: text/event-stream');
    flush();
    virtual('/within.php');
    pass_time();
    Sse::current()->send('around');
    pass_time();
    Sse::current()->wait(0.02);
    Sse::current()->send('last');";

const WITHIN: &str = "<?php
    require_once 'time.php';
    $sse = Sse::start(heartbeat: 0.001);
    $sse->send('within');
    pass_time();";

#[test]
fn a_stream_that_begins_within_a_request_goes_on_around_it() {
    let served = serve(&[("around.php", AROUND), ("within.php", WITHIN)], Php::with_sse(), &[]);
    let expected = "data: within\ndata: around\ndata: last\n";
    is_right_each_time(&served, "/around.php", expected);
}

#[test]
fn the_same_where_the_head_was_adopted() {
    let php = Php::with_sse().ini("sse.adopt", "1").ini("sse.heartbeat", "0.001");
    let served = serve(&[("around.php", AROUND), ("within.php", WITHIN)], php, &[]);
    let expected = "data: within\ndata: around\ndata: last\n";
    is_right_each_time(&served, "/around.php", expected);
}

/// An adopted stream that begins within.
#[test]
fn what_is_adopted_within_a_request_goes_on_around_it() {
    let around = "<?php
        require 'time.php';
        virtual('/within.php');
        pass_time();
        echo \"data: around\\n\\n\";
        flush();
        pass_time();
        echo \"data: last\\n\\n\";";
    let within = "<?php
        header('Content-Type: text/event-stream');
        echo \"data: within\\n\\n\";
        flush();
        pass_time();";
    let php = Php::with_sse().ini("sse.adopt", "1").ini("sse.heartbeat", "0.001");
    let served = serve(&[("around.php", around), ("within.php", within)], php, &[]);
    let expected = "data: within\ndata: around\ndata: last\n";
    is_right_each_time(&served, "/around.php", expected);
}

/// The keeper stays out of httpd until the script is back from everywhere, and beats again then.
#[test]
fn an_open_stream_goes_on_through_requests_within_it() {
    let around = "<?php
        require 'time.php';
        $sse = Sse::start(heartbeat: 0.001);
        $sse->send('around');
        virtual('/within.php');
        $sse->send('again');
        pass_time();";
    let within = "<?php
        require_once 'time.php';
        pass_time();
        Sse::current()->send('within');
        virtual('/deeper.php');
        pass_time();";
    let deeper = "<?php
        pass_time();
        Sse::current()->send('deeper');
        exit();";
    let scripts = [("around.php", around), ("within.php", within), ("deeper.php", deeper)];
    let served = serve(&scripts, Php::with_sse(), &[]);
    let expected = "data: around\ndata: within\ndata: deeper\ndata: again\n";
    is_right_each_time(&served, "/around.php", expected);
    let body = served.get("/around.php").into_text();
    let after = body.split_once("data: again\n\n").unwrap().1;
    assert!(after.contains(":\n"), "no heartbeat after: {body}");
}

#[test]
fn a_stream_in_a_server_side_include_is_a_part_of_its_page() {
    let modules = binary::apache_modules();
    let load = format!("LoadModule include_module {}/mod_include.so", modules.display());
    let lines = [&load, "AddOutputFilter INCLUDES .shtml", "Options +Includes"];
    let page = "<p>\n<!--#include virtual=\"/within.php\" -->\n</p>\n";
    let served = serve(&[("page.shtml", page), ("within.php", WITHIN)], Php::with_sse(), &lines);
    is_right_each_time(&served, "/page.shtml", "<p>\ndata: within\n</p>\n");
}

#[test]
fn a_stream_may_be_an_error_document() {
    let served = serve(
        &[(
            "stream.php",
            "<?php require 'time.php'; Sse::start(heartbeat: 0.001)->send('missing'); pass_time();",
        )],
        Php::with_sse(),
        &["ErrorDocument 404 /stream.php"],
    );
    is_right_each_time(&served, "/no-such-page", "data: missing\n");
    let body = served.get("/no-such-page").into_text();
    assert!(body.ends_with("\n:\nevent\n"), "heartbeats come from the thread: {body}");
}

#[test]
fn the_report_says_why_heartbeats_come_from_wait_within_a_request() {
    let within = "<?php
        $heartbeats = fn () => Sse::doctor()['heartbeats'];
        echo $heartbeats(), \"\\n\";
        Sse::start();
        echo $heartbeats(), \"\\n\";";
    let around = "<?php
        header('Content-Type: text/event-stream');
        virtual('/within.php');";
    let served = serve(&[("around.php", around), ("within.php", within)], Php::with_sse(), &[]);
    let why = "from wait(), on the script's own time: the script runs within another request: by virtual(), \
               or as a server-side include\n";
    assert_eq!(events(&served, "/around.php"), why.repeat(2));
}

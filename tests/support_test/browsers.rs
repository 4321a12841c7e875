//! Browsers: their pages, and what one test leaves the next.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::json;
use server_tests::browser::{Browser, Kind};
use server_tests::in_each_browser;
use server_tests::patience::soon;
use server_tests::server::{Builtin, Php};
use server_tests::site::Site;

use crate::LOOP;

/// Has a browser ask for no icon, and note that there is none.
const NO_ICON: &str = "<link rel=icon href='data:,'>";

in_each_browser![a_browser_opens_pages_and_their_event_sources, one_test_leaves_the_next_nothing];

fn a_browser_opens_pages_and_their_event_sources(kind: Kind) {
    let page = "<title>page</title><script>
        var seen = [];
        var source = new EventSource('/loop.php');
        source.onmessage = ({ data, lastEventId }) => seen.push([data, lastEventId]);
        source.onerror = () => source.close();
    </script>";
    let page = format!("<!doctype html>{NO_ICON}{page}");
    let site = Site::new().file("loop.php", LOOP).file("page.html", page);
    let gate = site.gate("gate");
    let server = Builtin::new(&site, Php::plain()).workers(2).start();

    let browser = Browser::start(kind);
    browser.open(&server.url("/page.html"));
    assert_eq!(browser.execute("return document.title", &[]), "page");
    gate.release();
    browser.wait_for("seen.length == 1", soon());
    gate.release();
    browser.wait_for("source.readyState == EventSource.CLOSED", soon());
    assert_eq!(browser.execute("return seen", &[]), json!([["one", "0"], ["two", "1"]]));

    let sum = "const [a, b, done] = arguments; setTimeout(() => done(a + b))";
    assert_eq!(browser.execute_async(sum, &[json!(1), json!(2)]), 3);
    browser.execute("console.log('hello')", &[]);
    let console = browser.console();
    let hello = console.iter().filter(|entry| entry.message.contains("hello"));
    assert_eq!(hello.count(), 1, "{console:?}");
    assert_eq!(browser.console(), []);
    browser.screenshot(&site.path("page.png"));
    assert!(std::fs::read(site.path("page.png")).unwrap().starts_with(b"\x89PNG"));
}

fn one_test_leaves_the_next_nothing(kind: Kind) {
    let site = Site::new().file("page.html", format!("<!doctype html>{NO_ICON}"));
    let server = Builtin::new(&site, Php::plain()).start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = format!("http://{}/", listener.local_addr().unwrap());

    let browser = Browser::start(kind);
    browser.open(&server.url("/page.html"));
    let litter = "console.error('mine'); document.cookie = 'mine=1';
        window.source = new EventSource(arguments[0])";
    browser.execute(litter, &[json!(stream)]);
    let (mut connection, _) = listener.accept().unwrap();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nAccess-Control-Allow-Origin: *\r\n\r\n:\n";
    connection.write_all(head.as_bytes()).unwrap();
    browser.wait_for("source.readyState == EventSource.OPEN", soon());
    drop(browser);
    // This returns when it has been closed.
    drop(connection.read_to_end(&mut Vec::new()));

    let browser = Browser::start(kind);
    browser.open(&server.url("/page.html"));
    let left = browser.execute("return [document.cookie, typeof source]", &[]);
    assert_eq!(left, json!(["", "undefined"]));
    assert_eq!(browser.console(), []);
}

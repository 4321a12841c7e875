//! The page of `docs/changes.md`, in browsers.

use std::fs;

use serde_json::json;
use server_tests::browser::{Browser, Kind};
use server_tests::in_each_browser;
use server_tests::markdown::blocks;
use server_tests::patience::{soon, wait_for_eq};
use server_tests::server::{Builtin, Php};
use server_tests::site::Site;

use crate::package::root;

in_each_browser![a_page_shows_a_state_of_which_only_what_has_changed_is_sent];

fn a_page_shows_a_state_of_which_only_what_has_changed_is_sent(kind: Kind) {
    let site = Site::new();
    let page = fs::read_to_string(root().join("docs/changes.md")).unwrap();
    for block in blocks(&page) {
        if let Some(file) = block.attribute("file") {
            site.write(file, &block.text);
        }
    }
    site.write("patch.js", fs::read(root().join("packages/js/src/patch.js")).unwrap());
    let write = |state: &str| {
        site.write("next.json", state);
        fs::rename(site.path("next.json"), site.path("board.json")).unwrap();
    };
    write(r#"{"round":1,"players":{"Ada":0,"Grace":0}}"#);
    let server = Builtin::new(&site, Php::with_sse()).workers(2).start();
    let browser = Browser::start(kind);
    browser.open(&server.url("/board.html"));
    let shows = |expected: &str| {
        let text = || browser.execute("return document.getElementById('board').textContent", &[]);
        wait_for_eq(&json!(expected), soon(), text);
    };
    shows("Ada: 0\nGrace: 0");
    for (state, expected) in [
        (r#"{"round":1,"players":{"Ada":5,"Grace":0}}"#, "Ada: 5\nGrace: 0"),
        (r#"{"round":1,"players":{"Ada":5,"__proto__":1}}"#, "Ada: 5\n__proto__: 1"),
        (r#"{"round":2,"players":{"Ada":null}}"#, "Ada: null"),
        (r#"{"players":{"Ada":7,"Linus":1}}"#, "Ada: 7\nLinus: 1"),
    ] {
        write(state);
        shows(expected);
    }
}

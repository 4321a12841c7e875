//! The page of the tutorial, in browsers: what the tutorial says that they do.

use std::process::Command;
use std::time::Duration;

use server_tests::binary;
use server_tests::browser::{Browser, Kind};
use server_tests::cable::Cable;
use server_tests::in_each_browser;
use server_tests::patience::{soon, within};
use server_tests::server::{Builtin, Server};

use crate::pages::all;
use crate::plan::Plan;
use crate::scratch::Scratch;

in_each_browser![a_page_shows_each_notification_once_and_is_told_when_some_are_lost];

/// The files of the tutorial as they are before it asks who may read.
fn tutorial() -> (Scratch, Server) {
    let pages = all();
    let page = pages.iter().find(|page| page.name == "docs/getting-started.md").unwrap();
    let scratch = Scratch::new(&page.text);
    for block in page.blocks() {
        if let Ok(Plan::Write(name)) = Plan::of(&block)
            && !scratch.site.path(&name).exists()
        {
            scratch.site.write(&name, &block.text);
        }
    }
    let server = Builtin::new(&scratch.site, scratch.php()).workers(4).start();
    (scratch, server)
}

/// Publishes as the tutorial does.
#[track_caller]
fn notify(scratch: &Scratch, text: &str) {
    let mut php = Command::new(binary::php());
    let output = scratch
        .with_extension(&mut php)
        .arg(scratch.site.path("notify.php"))
        .arg(text)
        .output()
        .unwrap();
    assert!(output.status.success() && output.stdout.ends_with(b"\n"), "{output:?}");
}

/// Waits until the page's list has these items.
#[track_caller]
fn shows(browser: &Browser, items: &[&str]) {
    let list = "JSON.stringify([...document.querySelectorAll('li')].map(item => item.textContent))";
    let expected = serde_json::to_string(&serde_json::to_string(items).unwrap()).unwrap();
    browser.wait_for(&format!("{list} === {expected}"), within(Duration::from_secs(30)));
}

fn a_page_shows_each_notification_once_and_is_told_when_some_are_lost(kind: Kind) {
    let (scratch, server) = tutorial();
    let cable = Cable::to(server.addr());
    let browser = Browser::start(kind);
    browser.open(&cable.url("/index.html"));
    scratch.wait_for_streams(1);
    notify(&scratch, "Hello, browser");
    shows(&browser, &["Hello, browser"]);

    cable.cut();
    notify(&scratch, "In the tunnel");
    cable.mend();
    shows(&browser, &["Hello, browser", "In the tunnel"]);

    scratch.stop_hub();
    notify(&scratch, "After the hub");
    shows(&browser, &[]);
    browser.wait_for("performance.getEntriesByType('navigation')[0].type === 'reload'", soon());
}

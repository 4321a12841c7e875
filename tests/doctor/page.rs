//! The page, in browsers.

use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind};
use server_tests::in_each_browser;
use server_tests::patience::soon;
use server_tests::server::Builtin;

use crate::proxy::{self, Way};
use crate::scene::{Scene, TOKEN};

in_each_browser![
    the_page_names_a_proxy_that_holds_the_stream,
    the_page_tells_of_cookies_that_another_site_does_not_get,
];

/// Opens the page, and waits for what it says.
#[track_caller]
fn verdict(browser: &Browser, url: &str) -> Value {
    browser.open(url);
    browser.wait_for("document.querySelector('#verdict').dataset.state", soon());
    browser.execute(
        "const text = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent);
         return [text('#verdict')[0], text('#culprits strong'), text('#unknown li')]",
        &[],
    )
}

fn start() -> Scene {
    Scene::new(|root, php| {
        Builtin::new(root, php.ini("session.cookie_samesite", "Lax")).workers(6).start()
    })
}

fn the_page_names_a_proxy_that_holds_the_stream(kind: Kind) {
    let (browser, scene) = (Browser::start(kind), start());
    let proxy = proxy::start(Way::Waits, scene.addr());
    let said = verdict(&browser, &format!("http://{proxy}/doctor.php?token={TOKEN}"));
    assert_eq!(said, json!(["To be changed: proxy", ["proxy"], []]));
}

fn the_page_tells_of_cookies_that_another_site_does_not_get(kind: Kind) {
    let (browser, scene) = (Browser::start(kind), start());
    let port = scene.addr().port();
    let from = |host: &str| {
        let there = scene.page().replace('?', "%3F").replace('=', "%3D");
        format!("http://{host}:{port}/doctor.php?token={TOKEN}&stream={there}")
    };
    let said = verdict(&browser, &from("localhost"));
    assert_eq!(said, json!(["To be changed: SameSite (browser)", ["SameSite (browser)"], []]));
    let said = verdict(&browser, &from("127.0.0.1"));
    assert_eq!(said, json!(["Events arrive as they are sent.", [], []]));
    let console = browser.console();
    assert!(console.iter().all(|entry| entry.message.contains("favicon")), "{console:?}");
}

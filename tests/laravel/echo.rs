//! laravel-echo with our connector, in a browser.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind};
use server_tests::in_each_browser;
use server_tests::oracle::npm_package;
use server_tests::patience::{soon, wait_for_eq};

use crate::scene::{App, next};

in_each_browser![
    laravel_echo_hears_what_is_broadcast_and_is_told_what_it_may_not_follow,
    laravel_echo_joins_a_channel_while_events_flow_and_misses_nothing,
];

/// `heard` has all that the page hears.
const PAGE: &str = r"<!doctype html><script type='module'>
    import Echo from '/js/laravel-echo/echo.js';
    import { SseConnector } from '/js/php-sse-client/echo.js';
    window.echo = new Echo({ broadcaster: SseConnector });
    window.heard = [];
    window.hear = (name) => (data) => { heard.push([name, data]); };
</script>";

/// Has the browser module and laravel-echo served.
pub(crate) fn install_scripts(app: &App) {
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages/js/src");
    let echo = npm_package("laravel-echo").join("dist");
    for (name, folder) in [("php-sse-client", client), ("laravel-echo", echo)] {
        for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let to = format!("js/{name}/{}", file.file_name().unwrap().display());
            app.site.write(&to, fs::read(&file).unwrap());
        }
    }
}

/// A page in a browser, of user 1's.
struct Page {
    browser: Browser,
    app: App,
}

impl Page {
    #[track_caller]
    fn open(kind: Kind) -> Self {
        let app = App::start();
        install_scripts(&app);
        app.site.write("page.html", PAGE);
        let browser = Browser::start(kind);
        browser.open(&app.server.url("/login/1"));
        browser.open(&app.server.url("/page.html"));
        browser.wait_for("window.echo", soon());
        Self { browser, app }
    }

    fn run(&self, script: &str) -> Value {
        self.browser.execute(script, &[])
    }

    /// Waits until the page has heard this and nothing else since the last time.
    #[track_caller]
    fn hears(&self, expected: &Value) {
        wait_for_eq(expected, soon(), || self.run("return heard"));
        self.run("heard.length = 0");
    }

    #[track_caller]
    fn connects(&self) {
        self.browser.wait_for("echo.connectionStatus() === 'connected'", soon());
    }
}

fn laravel_echo_hears_what_is_broadcast_and_is_told_what_it_may_not_follow(kind: Kind) {
    let page = Page::open(kind);
    page.run(
        "echo.channel('orders').listen('Shipped', hear('public'));
        echo.private('orders.1').listen('Shipped', hear('private')).subscribed(hear('in'));
        echo.private('orders.2').error(({ status }) => hear('refused')(status));
        echo.private('App.Models.User.1').notification(({ text }) => hear('notified')(text))
            .listen('.PostCreated', ({ model }) => hear('created')(model.title));
        echo.private('orders.7').listenForWhisper('typing', hear('whispered'));",
    );
    page.hears(&json!([["refused", 403], ["in", null]]));
    page.connects();

    page.app.text("/ship/1");
    page.hears(&json!([["public", { "order": 1 }], ["private", { "order": 1 }]]));
    page.app.text("/greet/1");
    page.hears(&json!([["notified", "hello"]]));

    let bob = page.app.user(2);
    let mut of_bob = bob.follow(&["orders", "private-orders.7"]);
    page.run("echo.private('orders.7').whisper('typing', { by: 'Ann' })");
    assert_eq!(next(&mut of_bob)["data"], json!({ "by": "Ann" }));
    let whisper = json!({ "channel": "private-orders.7", "event": "typing", "data": "of Bob" });
    assert_eq!(bob.post("/broadcasting/whisper", &whisper).0, 204);
    page.hears(&json!([["whispered", "of Bob"]]));

    // Its own neither, though the other hears them.
    let ship = "fetch('/ship/1', { method: 'POST', headers: { 'X-Socket-ID': echo.socketId(),
        'X-XSRF-TOKEN': decodeURIComponent(document.cookie.match(/XSRF-TOKEN=([^;]*)/)[1]) } })";
    page.run(ship);
    assert_eq!(next(&mut of_bob)["data"], "of Bob");
    assert_eq!(next(&mut of_bob)["channel"], "orders");
    page.app.text("/greet/1");
    page.hears(&json!([["notified", "hello"]]));
    let message = page.run("try { echo.join('room') } catch (error) { return error.message }");
    assert!(
        message.as_str().unwrap().contains("php-sse has no presence channels yet"),
        "{message}"
    );
}

/// It comes back three times: with one channel more, with one less, and with one that it had left.
fn laravel_echo_joins_a_channel_while_events_flow_and_misses_nothing(kind: Kind) {
    const EVENTS: u32 = 120;
    let page = Page::open(kind);
    page.run(
        "echo.channel('a').listen('.counted', ({ number }) => { heard.push(number); });
        window.others = [];
        window.hear = ({ number }) => { others.push(number); };",
    );
    page.connects();
    let steps = [
        "echo.channel('b').listen('.counted', hear)",
        "echo.leave('b')",
        "echo.channel('b').listen('.counted', hear)",
        "",
    ];
    let share = EVENTS / 4;
    for (number, step) in steps.iter().enumerate() {
        page.run(step);
        let from = 1 + share * u32::try_from(number).unwrap();
        for from in (from..from + share).step_by(5) {
            for channel in ["b", "a"] {
                page.app.text(&format!("/count/{channel}/{from}/{}", from + 4));
            }
        }
    }
    let all: Vec<u32> = (1..=EVENTS).collect();
    wait_for_eq(&json!(all), soon(), || page.run("return heard"));
    let others: Vec<u32> = serde_json::from_value(page.run("return others")).unwrap();
    assert!(others.windows(2).all(|pair| pair[0] < pair[1]), "{others:?}");
    let last: Vec<u32> = (EVENTS - share + 1..=EVENTS).collect();
    assert!(others.ends_with(&last), "{others:?}");
}

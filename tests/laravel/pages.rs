//! The pages of the documentation about Laravel, typed as they are written: docs/laravel.md,
//! docs/moving/from-event-stream.md and docs/moving/from-pusher-and-reverb.md.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind};
use server_tests::cable::Cable;
use server_tests::http::Request;
use server_tests::in_each_browser;
use server_tests::markdown::{Block, blocks};
use server_tests::patience::{soon, wait_for_eq};

use crate::echo::install_scripts;
use crate::scene::{App, next};

in_each_browser![laravel_echo_shows_what_the_page_for_beginners_notifies];

/// The blocks of a page that are to be run here.
fn blocks_of(page: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let mut blocks = blocks(&fs::read_to_string(path).unwrap());
    blocks.retain(|block| block.attribute("by") == Some("tests/laravel"));
    assert!(blocks.len() > 1, "where are the others?");
    blocks
}

/// An application whose developer types all that stands in a page.
#[track_caller]
fn typed(page: &str) -> App {
    let app = App::start();
    let env = app.path(".env");
    let url = format!("APP_URL={}\n", app.server.url(""));
    fs::write(&env, fs::read_to_string(&env).unwrap() + &url).unwrap();
    for block in blocks_of(page) {
        match block.attribute("file") {
            Some(file) => save(&app, file, &block.text),
            None => block.text.lines().for_each(|line| {
                let command = line.strip_prefix("php artisan ").unwrap();
                app.artisan(&command.split(' ').collect::<Vec<_>>());
            }),
        }
    }
    app
}

/// Saves a file; what there is of routes stays, and nothing is imported twice.
fn save(app: &App, file: &str, text: &str) {
    let path = app.path(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let before =
        if file == "routes/web.php" { fs::read_to_string(&path).unwrap() } else { String::new() };
    let is_new = |line: &&str| !(line.starts_with("use ") && before.contains(line));
    let lines: Vec<&str> = text.lines().filter(is_new).collect();
    fs::write(path, before.clone() + &lines.join("\n") + "\n").unwrap();
}

/// Vite's part is the browser's: the page names the modules, and loads the script as it stands.
fn without_vite(app: &App) {
    let map = json!({ "imports": {
        "laravel-echo": "/js/laravel-echo/echo.js",
        "php-sse-client/echo": "/js/php-sse-client/echo.js",
    } });
    let scripts = format!(
        "<script type='importmap'>{map}</script><script type='module' src='/js/app.js'></script>"
    );
    let view = app.path("resources/views/orders.blade.php");
    let page = fs::read_to_string(&view).unwrap();
    assert!(page.contains("@vite('resources/js/app.js')"), "{page}");
    fs::write(view, page.replace("@vite('resources/js/app.js')", &scripts)).unwrap();
    install_scripts(app);
    app.site.write("js/app.js", fs::read(app.path("resources/js/app.js")).unwrap());
}

fn laravel_echo_shows_what_the_page_for_beginners_notifies(kind: Kind) {
    let app = typed("laravel.md");
    without_vite(&app);
    let ann = app.user(1);
    let ship = |order: u32| {
        assert_eq!(ann.get(&format!("/orders/{order}/ship")).into_text(), "shipped");
        app.artisan(&["queue:work", "--once", "--quiet"]);
    };
    let cable = Cable::to(app.server.addr());
    let browser = Browser::start(kind);
    browser.open(&cable.url("/login/1"));
    browser.open(&cable.url("/orders"));
    let shows = |orders: &[u32]| {
        let lines: Vec<String> =
            orders.iter().map(|order| format!("Order {order} is on its way")).collect();
        let script = "return [...document.querySelectorAll('li')].map((line) => line.textContent)";
        wait_for_eq(&json!(lines), soon(), || browser.execute(script, &[]));
    };
    ship(7);
    shows(&[7]);
    cable.hold();
    cable.cut();
    ship(8);
    ship(9);
    cable.mend();
    shows(&[7, 8, 9]);
}

#[test]
fn the_page_for_beginners_has_streams_and_tests_of_its_own() {
    let app = typed("laravel.md");
    let (printed, is_success) = app.phpunit();
    assert!(
        is_success && (printed.contains("(9 tests, ") || printed.contains("Tests: 9, ")),
        "{printed}"
    );

    let mut clock = app.get("/clock").events();
    assert_eq!(clock.next_event().event, "time");
    let steps: String = ["read", "checked", "stored"]
        .map(|step| format!("event: progress\ndata: {{\"step\":\"{step}\"}}\n\n"))
        .concat();
    assert_eq!(app.text("/import"), format!(":\n{steps}event: done\ndata: \n\n"));
    assert_eq!(app.text("/failing"), ":\nevent: failed\ndata: Try again later.\n\n");
    app.wait_for_log("production.ERROR: no connection to the bank", 1);

    let mut prices = app.get("/prices").events();
    app.text("/prices/set/12");
    assert_eq!(next(&mut prices), json!({ "price": "12" }));
}

#[test]
fn code_for_event_stream_is_moved_line_by_line() {
    let app = typed("moving/from-event-stream.md");
    assert_eq!(
        app.text("/chat"),
        ":\nevent: update\ndata: Hello\n\nevent: update\ndata: two\ndata: lines\n\n\
         event: update\ndata: </stream>\n\n"
    );
    let mut quotes = app.get("/quotes").events();
    assert_eq!(next(&mut quotes), json!({ "price": 12 }));
    let request = Request::get("/log").header("Last-Event-ID", "1");
    let mut events = app.server.send(&request).events();
    let seen = [events.next_event(), events.next_event()];
    let seen = seen.map(|event| (event.id.unwrap(), event.data));
    assert_eq!(seen, [("2", "second"), ("3", "third")].map(|(id, data)| (id.into(), data.into())));
}

#[test]
fn an_event_goes_by_two_drivers_while_an_application_moves() {
    let app = typed("moving/from-pusher-and-reverb.md");
    let mut events = app.guest().follow(&["prices"]);
    app.text("/price/12");
    let priced: Value = json!({
        "channel": "prices", "event": "App\\Events\\Priced", "data": { "price": 12 }
    });
    assert_eq!(next(&mut events), priced);
    app.wait_for_log("production.INFO: Broadcasting [App\\Events\\Priced] on channels [prices]", 1);
}

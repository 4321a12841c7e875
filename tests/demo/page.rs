//! The page, as a visitor sees it.

use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind};
use server_tests::in_each_browser;
use server_tests::patience::soon;
use server_tests::server::Php;

use crate::site::Demo;

/// The conditions below are made of these; `list()` has the notifications shown, oldest first.
const HELPERS: &str = "
    const one = (selector) => document.querySelector(selector);
    const text = (selector) => one(selector)?.textContent;
    const state = (panel) => one(`#${panel} .badge`).dataset.state;
    const list = () => [...document.querySelectorAll('#notifications li span')]
        .map((item) => item.textContent).reverse();
";

/// A browser on the page.
struct Visit {
    browser: Browser,
    demo: Demo,
}

impl Visit {
    /// Opens the page and waits for its two lasting streams.
    fn start(kind: Kind) -> Self {
        Self::to(kind, Demo::start())
    }

    fn to(kind: Kind, demo: Demo) -> Self {
        let visit = Self { browser: Browser::start(kind), demo };
        visit.open();
        visit
    }

    fn open(&self) {
        self.browser.open(&self.demo.url("/"));
        self.wait_for("state('ticker') == 'open' && state('notifications') == 'open'");
    }

    /// Waits for a condition in terms of the helpers above.
    #[track_caller]
    fn wait_for(&self, condition: &str) {
        self.browser.wait_for(&format!("(() => {{ {HELPERS} return {condition} }})()"), soon());
    }

    #[track_caller]
    fn evaluate(&self, expression: &str) -> Value {
        self.browser.execute(&format!("{HELPERS} return {expression}"), &[])
    }

    #[track_caller]
    fn click(&self, selector: &str) {
        self.browser.execute("document.querySelector(arguments[0]).click()", &[json!(selector)]);
    }

    /// Posts a notification with the page's own form.
    #[track_caller]
    fn post(&self, text: &str) {
        let body = "document.querySelector('#text').value = arguments[0];
            document.querySelector('#notifications form').requestSubmit()";
        self.browser.execute(body, &[json!(text)]);
    }

    /// Waits until the list shows these notifications, oldest first, and no others.
    #[track_caller]
    fn wait_for_list(&self, texts: &[&str]) {
        self.wait_for(&format!("String(list()) == {}", json!(texts.join(","))));
    }

    #[track_caller]
    fn assert_no_complaints(&self) {
        let console = self.browser.console();
        assert!(console.is_empty(), "{console:?}");
        assert_eq!(self.evaluate("one('#failure').hidden"), true);
    }
}

in_each_browser![
    the_ticker_draws_prices_that_move,
    a_notification_arrives_and_a_reload_keeps_the_list,
    a_dropped_connection_comes_back_with_what_was_missed,
    a_hidden_page_holds_no_connection_and_misses_nothing,
    what_others_post_is_text_and_never_markup,
    the_job_fills_its_bar,
    the_answer_of_the_language_model_grows_to_its_end,
    the_raw_bytes_are_shown_with_heartbeats_and_retry_lines,
    no_more_than_four_streams_are_open_at_a_time,
    without_the_extension_the_page_says_so,
    the_hub_sends_a_chat_orders_and_a_dashboard_in_one_stream,
    a_board_comes_whole_and_says_what_it_takes_on_the_wire,
];

fn the_ticker_draws_prices_that_move(kind: Kind) {
    let visit = Visit::start(kind);
    visit.wait_for("text('.quote .price') > 0");
    let price = visit.evaluate("text('.quote .price')");
    visit.wait_for(&format!("text('.quote .price') != {price}"));
    visit.wait_for("one('.quote .line').points.length >= 3");
    assert_eq!(visit.evaluate("document.querySelectorAll('.quote').length"), 3);
    visit.assert_no_complaints();
}

fn a_notification_arrives_and_a_reload_keeps_the_list(kind: Kind) {
    let visit = Visit::start(kind);
    visit.post("one");
    visit.wait_for_list(&["one"]);
    visit.post("two");
    visit.wait_for_list(&["one", "two"]);

    visit.open();
    assert_eq!(visit.evaluate("list()"), json!(["one", "two"]));
    visit.post("three");
    visit.wait_for_list(&["one", "two", "three"]);
    visit.assert_no_complaints();
}

fn a_dropped_connection_comes_back_with_what_was_missed(kind: Kind) {
    let demo = Demo::start();
    // Chromium's own reconnection time is three seconds.
    demo.change("notifications.php", "retry: 2000", "retry: 300");
    let visit = Visit::to(kind, demo);
    visit.post("before");
    visit.wait_for_list(&["before"]);

    let watch = "window.states = [];
        const badge = document.querySelector('#notifications .badge');
        const note = () => states.push([badge.dataset.state, performance.now()]);
        new MutationObserver(note).observe(badge, { attributes: true });";
    visit.browser.execute(watch, &[]);
    visit.click("#notifications .drop");
    visit.wait_for("states.length > 0");
    visit.demo.notify("meanwhile");
    visit.wait_for("states.length > 1");
    visit.post("after");
    visit.wait_for_list(&["before", "meanwhile", "after"]);

    assert_eq!(visit.evaluate("states.map(([state]) => state)"), json!(["connecting", "open"]));
    let away = visit.evaluate("states[1][1] - states[0][1]").as_f64().unwrap();
    assert!((250.0..2900.0).contains(&away), "{away} ms");
    visit.assert_no_complaints();
}

fn a_hidden_page_holds_no_connection_and_misses_nothing(kind: Kind) {
    let visit = Visit::start(kind);
    visit.post("seen");
    visit.wait_for_list(&["seen"]);

    let hide =
        "Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))";
    visit.browser.execute(hide, &[json!(true)]);
    visit.wait_for("state('ticker') == 'closed' && state('notifications') == 'closed'");
    visit.demo.notify("while hidden");
    assert_eq!(visit.evaluate("list()"), json!(["seen"]));

    visit.browser.execute(hide, &[json!(false)]);
    visit.wait_for_list(&["seen", "while hidden"]);
    visit.assert_no_complaints();
}

fn what_others_post_is_text_and_never_markup(kind: Kind) {
    let visit = Visit::start(kind);
    let markup = "<img src=x onerror=\"document.title = 'owned'\">";
    visit.demo.notify(markup);
    visit.wait_for_list(&[markup]);
    assert_eq!(visit.evaluate("one('#notifications img')"), Value::Null);
    visit.assert_no_complaints();
}

fn the_job_fills_its_bar(kind: Kind) {
    let visit = Visit::start(kind);
    assert_eq!(visit.evaluate("state('job')"), "closed");
    visit.click("#job .start");
    visit.wait_for("state('job') == 'open' && one('progress').value > 0");
    visit.wait_for("one('progress').value == 100");
    visit.wait_for("text('#job .hint') == '80 rows imported' && state('job') == 'closed'");
    assert_eq!(visit.evaluate("text('#job .start')"), "Import 80 rows");
    visit.assert_no_complaints();
}

fn the_answer_of_the_language_model_grows_to_its_end(kind: Kind) {
    let visit = Visit::start(kind);
    let answer = visit.demo.answer();
    visit.click("#llm .start");
    visit.wait_for("state('llm') == 'open' && text('.answer').length > 10");
    let so_far = visit.evaluate("text('.answer')");
    let so_far = so_far.as_str().unwrap();
    assert!(answer.starts_with(so_far) && so_far != answer, "{so_far}");
    visit.wait_for("state('llm') == 'closed'");
    assert_eq!(visit.evaluate("text('.answer')"), answer);
    visit.assert_no_complaints();
}

fn the_raw_bytes_are_shown_with_heartbeats_and_retry_lines(kind: Kind) {
    let visit = Visit::start(kind);
    visit.click("#wire .start");
    visit.wait_for("one('.frames').children.length >= 5");
    let lines = "[...one('.frames').children].slice(0, 5).map((line) => line.textContent)";
    assert_eq!(visit.evaluate(lines), json!([":", "retry: 2000", ":", ":", ":"]));
    assert_eq!(visit.evaluate("state('wire')"), "open");
    visit.click("#wire .start");
    visit.wait_for("state('wire') == 'closed'");
    visit.assert_no_complaints();
}

fn no_more_than_four_streams_are_open_at_a_time(kind: Kind) {
    let visit = Visit::start(kind);
    visit.click("#wire .start");
    visit.click("#job .start");
    visit.wait_for("state('wire') == 'open' && state('job') == 'open'");
    assert_eq!(visit.evaluate("one('#llm .start').disabled"), true);
    visit.click("#wire .start");
    assert_eq!(visit.evaluate("one('#llm .start').disabled"), false);
    visit.assert_no_complaints();
}

fn without_the_extension_the_page_says_so(kind: Kind) {
    let browser = Browser::start(kind);
    let demo = Demo::with(Php::plain());
    browser.open(&demo.url("/"));
    browser.wait_for("!document.querySelector('#failure').hidden", soon());
    let message = browser.execute("return document.querySelector('#failure').textContent", &[]);
    let message = message.as_str().unwrap();
    assert!(message.ends_with("Is the extension loaded? Run “make demo”."), "{message}");
}

fn the_hub_sends_a_chat_orders_and_a_dashboard_in_one_stream(kind: Kind) {
    let visit = Visit::start(kind);
    visit.wait_for("state('live') == 'open'");
    let _worker = visit.demo.start_worker();
    visit.wait_for("text('[data-name=streams]') == 1");
    let say = "document.querySelector('#say').value = arguments[0];
        document.querySelector('#live form').requestSubmit()";
    visit.browser.execute(say, &[json!("hello <b>")]);
    visit.wait_for("text('.chat li span') == 'hello <b>'");
    visit.click(".order");
    visit.wait_for("text('.orders li em') == 'delivered'");
    assert_eq!(visit.evaluate("document.querySelectorAll('.orders li').length"), 1);
    visit.assert_no_complaints();
}

fn a_board_comes_whole_and_says_what_it_takes_on_the_wire(kind: Kind) {
    let visit = Visit::start(kind);
    let _worker = visit.demo.start_worker();
    visit.click("#board .start");
    visit.wait_for("document.querySelectorAll('.tiles li').length == 96");
    visit.wait_for("parseInt(text('#board [data-name=ratio]')) > 10");
    let first = "text('.tiles')";
    let shown = visit.evaluate(first);
    visit.wait_for(&format!("{first} != {shown}"));
    visit.click("#board .start");
    visit.wait_for("state('board') == 'closed'");
    visit.assert_no_complaints();
}

/// Others show no second tab, and its streams wait until it is seen.
mod a_second_tab_takes_the_streams_over_and_the_first_misses_nothing {
    use server_tests::browser::Kind;

    use super::Visit;

    #[test]
    fn chromium() {
        let visit = Visit::start(Kind::Chromium);
        visit.wait_for("state('live') == 'open'");
        let first = visit.browser.tab();
        visit.browser.open_tab();
        visit.open();
        let _worker = visit.demo.start_worker();
        for text in ["one", "two"] {
            visit.demo.post("/say.php", &format!("room=lobby&text={text}"));
        }
        let chat =
            "[...document.querySelectorAll('.chat li span')].map((item) => item.textContent)";
        let both = format!("String({chat}) == 'two,one' && text('[data-name=streams]') == 1");
        visit.wait_for(&both);
        visit.assert_no_complaints();
        visit.browser.switch_to(&first);
        visit.wait_for(&both);
        visit.assert_no_complaints();
    }
}

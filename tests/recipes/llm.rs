//! A model's answer: relayed, and followed by its topic.

use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind};
use server_tests::http::{Request, Response};
use server_tests::hub::HubOf;
use server_tests::in_each_browser;
use server_tests::patience::{soon, wait_for};
use server_tests::site::Site;

use crate::page::{Page, frame};
use crate::upstreams::{Scene, scene};

in_each_browser![the_pages_show_an_answer_in_every_tab];

const ANSWER: &str = "Two lines:\n\né0";

/// The programs of the page, with an upstream and a hub, and the session of one user.
struct Chat {
    // Ends first: its scripts would start another hub.
    scene: Scene,
    _hub: HubOf,
    _machine: Site,
}

impl Chat {
    #[track_caller]
    fn open() -> Self {
        let machine = Site::new();
        let hub = HubOf::site(&machine);
        let page = Page::new("llm.md").html("relay.html", 0).html("chat.html", 1);
        let php = page.php().ini("sse.hub_socket", &hub.socket().display().to_string());
        Self { scene: scene(page, php), _hub: hub, _machine: machine }
    }

    #[track_caller]
    fn post(&self, target: &str, form: &str) -> Response {
        let request = Request::post(target, form)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", "PHPSESSID=ada");
        self.scene.site.send(&request)
    }

    /// Asks, and returns the name of the answer.
    #[track_caller]
    fn ask(&self, question: &str) -> String {
        let told = self.post("/ask.php", &format!("question={question}")).into_text();
        let told: Value = serde_json::from_str(&told).unwrap();
        told["answer"].as_str().unwrap().to_owned()
    }

    /// The request of a page that follows the answer.
    fn follow(answer: &str) -> Request {
        Request::get(&format!("/answer.php?answer={answer}")).header("Cookie", "PHPSESSID=ada")
    }
}

/// The text that a page shows when the stream has ended, the id it has seen last, and the type of the last event.
#[track_caller]
fn read_to_the_end(response: Response, mut shown: String) -> (String, String, String) {
    let mut events = response.events();
    loop {
        let event = events.next_event();
        match event.event.as_str() {
            "text" => shown = event.data,
            _ => shown.push_str(&event.data),
        }
        if ["done", "failed", "stopped"].contains(&event.event.as_str()) {
            return (shown, event.last_event_id, event.event);
        }
    }
}

#[test]
fn a_relay_passes_tokens_on_and_who_comes_back_does_not_ask_again() {
    let Scene { site, upstream, gate, .. } = &Chat::open().scene;
    (0..4).for_each(|_| gate.release());
    assert_eq!(
        site.text("/relay.php?question=any"),
        ":\nid: 1\nevent: token\ndata: Two\n\n\
        id: 2\nevent: token\ndata:  lines:\ndata: \ndata: \n\n\
        id: 3\nevent: token\ndata: é\n\n\
        id: 4\nevent: token\ndata: 0\n\n\
        event: done\ndata: \n\n"
    );
    let again = Request::get("/relay.php?question=any").header("Last-Event-ID", "2");
    assert_eq!(site.send(&again).status(), 204);
    upstream.wait_for_notes(&["upstream: Closed"]);
    assert_eq!(site.text("/relay.php?question=fail"), ":\nevent: failed\ndata: \n\n");
}

#[test]
fn a_relay_ends_its_upstream_when_the_reader_leaves() {
    let Scene { site, upstream, .. } = &Chat::open().scene;
    let mut response = site.get("/relay.php?question=silence");
    response.body.read_until(b":\n", soon()).unwrap();
    drop(response);
    upstream.wait_for_notes(&["upstream: ClientGone"]);
}

#[test]
fn an_answer_is_resumed_in_another_tab() {
    let chat = Chat::open();
    let answer = chat.ask("any");
    let site = &chat.scene.site;

    // The first tab has some of it, and is lost.
    let mut first = site.send(&Chat::follow(&answer)).events();
    assert_eq!(first.next_event().event, "text");
    chat.scene.gate.release();
    chat.scene.gate.release();
    let mut shown = String::new();
    let mut seen = String::new();
    while shown != "Two lines:\n\n" {
        let event = first.next_event();
        assert_eq!(event.event, "token", "{shown:?}");
        shown.push_str(&event.data);
        seen = event.last_event_id;
    }
    drop(first);

    // Another is opened meanwhile, and a stranger's.
    let second = site.send(&Chat::follow(&answer));
    assert_eq!(site.get(&format!("/answer.php?answer={answer}")).status(), 404);
    chat.scene.gate.release();
    chat.scene.gate.release();

    let whole = read_to_the_end(second, String::new());
    assert_eq!((whole.0.as_str(), whole.2.as_str()), (ANSWER, "done"));
    let back = site.send(&Chat::follow(&answer).header("Last-Event-ID", &seen));
    assert_eq!(read_to_the_end(back, shown), whole);
}

#[test]
fn an_answer_that_is_whole_is_sent_at_once() {
    let chat = Chat::open();
    (0..4).for_each(|_| chat.scene.gate.release());
    let answer = chat.ask("any");
    let whole = format!(
        ":\nevent: text\n{}event: done\ndata: \n\n",
        "data: Two lines:\ndata: \ndata: é0\n\n"
    );
    let site = &chat.scene.site;
    wait_for("the end of the answer", soon(), || {
        // Until then it is the hub's, and does not end.
        let mut response = site.send(&Chat::follow(&answer));
        frame(&mut response);
        response.body.read_until(b"event: done", soon()).ok()
    });
    assert_eq!(site.send(&Chat::follow(&answer)).into_text(), whole);
}

#[test]
fn a_stopped_answer_ends_for_all_and_at_its_upstream() {
    let chat = Chat::open();
    let answer = chat.ask("silence");
    let reader = chat.scene.site.send(&Chat::follow(&answer));
    assert_eq!(chat.post("/stop.php", &format!("answer={answer}")).status(), 204);
    let (shown, _, end) = read_to_the_end(reader, String::new());
    assert_eq!((shown.as_str(), end.as_str()), ("", "stopped"));
    chat.scene.upstream.wait_for_notes(&["upstream: ClientGone"]);
}

#[test]
fn an_upstream_that_refuses_is_an_answer_that_has_failed() {
    let chat = Chat::open();
    let answer = chat.ask("fail");
    let (shown, _, end) =
        read_to_the_end(chat.scene.site.send(&Chat::follow(&answer)), String::new());
    assert_eq!((shown.as_str(), end.as_str()), ("", "failed"));
}

/// Waits until the page shows that, and nothing else.
#[track_caller]
fn wait_until_shown(browser: &Browser, text: &str) {
    browser.wait_for(
        &format!("document.querySelector('#answer').textContent === {}", json!(text)),
        soon(),
    );
}

fn the_pages_show_an_answer_in_every_tab(kind: Kind) {
    let chat = Chat::open();
    let Scene { site, gate, .. } = &chat.scene;
    let browser = Browser::start(kind);
    browser.open(&site.url("/chat.html"));
    browser.execute("ask('any')", &[]);
    (0..2).for_each(|_| gate.release());
    wait_until_shown(&browser, "Two lines:\n\n");

    let address = browser.execute("return location.href", &[]);
    let first = browser.tab();
    browser.open_tab();
    browser.open(address.as_str().unwrap());
    wait_until_shown(&browser, "Two lines:\n\n");
    (0..2).for_each(|_| gate.release());
    wait_until_shown(&browser, ANSWER);
    browser.switch_to(&first);
    wait_until_shown(&browser, ANSWER);

    (0..4).for_each(|_| gate.release());
    browser.open(&site.url("/relay.html"));
    wait_until_shown(&browser, ANSWER);
}

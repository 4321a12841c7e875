//! Who may follow which channels, and what whispers are.

use serde_json::{Value, json};
use server_tests::event_stream::Item;
use server_tests::http::Request;
use server_tests::patience::soon;

use crate::scene::{App, Visitor, data, next};

#[test]
fn a_private_channel_is_open_to_those_whom_the_application_lets_in() {
    let app = App::start();
    let own = "private-orders.1";
    let refused = |channels: &[&str]| {
        let message = format!("You may not follow: {}", channels.join(", "));
        (403, json!({ "message": message, "refused": channels }))
    };

    assert_eq!(app.guest().refused(&["orders", own]), refused(&[own]));
    assert_eq!(app.user(2).refused(&[own, "private-App.Models.User.2"]), refused(&[own]));
    // Nobody has written a rule for this one.
    assert_eq!(app.user(1).refused(&["private-unknown"]), refused(&["private-unknown"]));

    let mut events = app.user(1).follow(&[own]);
    app.text("/ship/1");
    assert_eq!(next(&mut events)["channel"], own);
}

/// The name of a channel reaches no topic but its own.
#[test]
fn a_public_channel_is_no_way_to_a_private_one_or_to_other_topics() {
    let app = App::start();
    let names = ["news", "PRIVATE-orders.1", "orders.1", "laravel:private-orders.1"];
    let mut events = app.guest().follow(&names);
    app.text("/ship/1");
    app.text("/sse/publish");
    app.text("/broadcast?channel=news");
    // The first that comes is the last that was published.
    assert_eq!(next(&mut events)["event"], "said");
}

#[test]
fn what_is_no_channel_is_told_so_in_words() {
    let app = App::start();
    let user = app.user(1);
    let long = "x".repeat(165);
    for (channel, words) in [
        ("", "The name of a channel is empty."),
        (&*long, "The name of a channel has at most 164 bytes."),
        ("a%0Ab", "The name of a channel is UTF-8, without control characters."),
        ("%FF", "The name of a channel is UTF-8, without control characters."),
        (
            "presence-room",
            "\"presence-room\" is a presence channel: the driver sse has none yet. Use a private channel.",
        ),
        (
            "private-encrypted-room",
            "\"private-encrypted-room\" is an encrypted channel: the driver sse has none, as no third party \
             carries its events. Use a private channel.",
        ),
    ] {
        assert_eq!(user.refused(&[channel]), (422, json!({ "message": words })), "{channel}");
    }
    let how = json!({ "message": "Name 1 to 100 channels: ?channels[]=orders&channels[]=private-orders.1" });
    assert_eq!(user.refused(&[]), (422, how.clone()));
    let many: Vec<String> = (0..101).map(|number| format!("orders{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(user.refused(&many), (422, how));
}

/// A page whose `EventSource` was turned away learns why, and a stranger's page learns no more.
#[test]
fn who_asks_for_json_is_told_what_he_may_follow() {
    let app = App::start();
    let ask = |target: &str| {
        let request = Request::get(target).header("Accept", "application/json");
        let response = app.server.send(&request);
        (response.status(), serde_json::from_str::<Value>(&response.into_text()).unwrap())
    };
    let stream = "/broadcasting/stream?channels[]=orders";
    assert_eq!(ask(stream), (200, json!({ "channels": ["orders"] })));
    let (status, answer) = ask(&format!("{stream}&channels[]=private-orders.1"));
    assert_eq!((status, &answer["refused"]), (403, &json!(["private-orders.1"])));
}

/// A stream is no page: the one after a redirect shows it.
#[test]
fn what_the_session_keeps_for_the_next_page_stays_for_it() {
    let app = App::start();
    let ann = app.user(1);
    ann.get("/flash");
    drop(ann.follow(&["orders"]));
    let whisper = json!({ "channel": "private-orders.7", "event": "typing", "data": {} });
    assert_eq!(ann.post("/broadcasting/whisper", &whisper).0, 204);
    assert_eq!(ann.get("/flashed").into_text(), "for the next page");
    assert_eq!(ann.get("/flashed").into_text(), "nothing");
}

/// It is asked again whenever a stream begins, and a stream has an end.
#[test]
fn who_has_lost_access_is_turned_away_when_he_comes_back() {
    let app = App::with(2, &[("lifetime", "1"), ("retry", "50")]);
    let user = app.user(2);
    let channels = ["private-orders.7"];
    let (mut events, _) = user.follow_from(&channels, None);
    app.site.write("tests/laravel/app/storage/shut", "");

    let items = events.items_to_end(soon()).unwrap();
    let is_event = |item: &&Item| matches!(item, Item::Event(event) if event.event == "message");
    assert_eq!(items.iter().filter(is_event).count(), 0, "{items:?}");
    let (status, answer) = user.refused(&channels);
    assert_eq!((status, &answer["refused"]), (403, &json!(channels)));
}

#[test]
fn a_whisper_goes_to_the_others_in_a_private_channel_that_one_may_be_in() {
    let app = App::start();
    let (ann, bob) = (app.user(1), app.user(2));
    let channel = "private-orders.7";
    let mut heard_by_bob = bob.follow(&[channel]);
    let whisper = |channel: &str, data: &Value| json!({ "channel": channel, "event": "typing", "data": data });

    assert_eq!(ann.post("/broadcasting/whisper", &whisper(channel, &json!({ "n": 1 }))).0, 204);
    let event = next(&mut heard_by_bob);
    let except = event["except"].as_str().unwrap_or_default();
    assert_eq!(
        event,
        json!({ "channel": channel, "event": "client-typing", "data": { "n": 1 }, "except": except })
    );
    assert!(!except.is_empty() && !except.contains(&ann.socket), "{except}");

    let refused = |visitor: &Visitor<'_>, channel: &str| {
        visitor.post("/broadcasting/whisper", &whisper(channel, &json!({}))).0
    };
    assert_eq!(refused(&ann, "private-orders.2"), 403);
    assert_eq!(refused(&ann, "orders"), 422);
    assert_eq!(refused(&ann, "presence-orders"), 422);
    // Without a session there is no token either.
    assert_eq!(refused(&app.guest(), channel), 419);
}

#[test]
fn whispers_have_bounds() {
    let app = App::with(2, &[("max_whisper", "64"), ("whispers_per_minute", "6")]);
    let ann = app.user(1);
    let post = |event: &str, data: &Value| {
        let body = json!({ "channel": "private-orders.7", "event": event, "data": data });
        ann.post("/broadcasting/whisper", &body)
    };
    let fits = json!("x".repeat(62));
    assert_eq!(post("e", &fits).0, 204);
    let words = json!({ "message": "A whisper has at most 64 bytes of JSON." });
    assert_eq!(post("e", &json!("x".repeat(63))), (422, words));
    let words = json!({
        "message": "Name the event, by at most 128 bytes without control characters."
    });
    for event in ["", "a\nb", &"x".repeat(129)] {
        assert_eq!(post(event, &fits), (422, words.clone()), "{event}");
    }
    assert_eq!(post("e", &fits).0, 204);
    assert_eq!(post("e", &fits).0, 429, "the seventh in a minute");
}

/// One more than a user may have is told when to come back.
#[test]
fn a_user_has_so_many_streams_as_the_application_allows() {
    let app = App::with(2, &[("max_streams", "1")]);
    let ann = app.user(1);
    let _first = ann.follow(&["orders"]);
    let second = app.server.send(&ann.request(&["orders"])).into_text();
    assert!(second.contains("retry: ") && !second.contains("connected"), "{second}");
    let mut of_bob = app.user(2).follow(&["orders"]);
    app.text("/ship/1");
    assert_eq!(data(&of_bob.next_event())["channel"], "orders");
}

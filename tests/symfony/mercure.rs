//! Updates of Mercure, and those who subscribe as its clients do: by topic, by pattern, where they left off.

use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};

use crate::app::{App, MERCURE, encoded};

const BOOK: &str = "https://example.com/books/1";

#[test]
fn an_update_reaches_those_who_subscribe_as_clients_of_mercure_do() {
    let app = App::start();
    for query in [
        format!("topic={}", encoded(BOOK)),
        format!("topic=another&topic={}&topic=a+third", encoded(BOOK)),
        format!("match={}", encoded(BOOK)),
        format!("match=another&match_exact={}", encoded(BOOK)),
    ] {
        let mut events = app.follow(&query);
        let id = app.publish(&["something/else", BOOK], "new", "&type=changed");
        let event = events.next_event();
        let found = (event.id, event.event.as_str(), event.data.as_str());
        assert_eq!(found, (Some(id), "changed", "new"), "{query}");
    }
}

#[test]
fn a_subscriber_is_in_the_hubs_hands() {
    let app = App::start();
    let _events = app.follow("topic=news");
    wait_for("a stream in the hub", soon(), || {
        let status = app.hub.program("status").arg("--json").output().unwrap().stdout;
        let status: serde_json::Value = serde_json::from_slice(&status).ok()?;
        (status["streams"] == 1 && status["workers"] == 0).then_some(())
    });
}

#[test]
fn a_client_that_comes_back_gets_what_it_has_missed_once_and_in_order() {
    let app = App::start();
    let first = app.publish(&[BOOK], "first", "");
    app.publish(&[BOOK], "second", "");
    app.publish(&[BOOK, "another"], "third", "");
    let topics = format!("topic={}&topic=another", encoded(BOOK));
    let target = format!("{MERCURE}?{topics}");
    let by_query = |names: [&str; 2]| {
        let parameters = names.map(|name| format!("&{name}={first}"));
        Request::get(&format!("{target}{}", parameters.concat()))
    };
    for request in [
        by_query(["lastEventID", "Last-Event-ID"]),
        by_query(["last_event_id", "x"]),
        by_query(["x", "lastEventId"]),
        Request::get(&target).header("Last-Event-ID", &first),
    ] {
        let mut events = app.follow_by(&request);
        let missed = [events.next_event().data, events.next_event().data];
        assert_eq!(missed, ["second", "third"], "{request:?}");
    }
}

#[test]
fn an_id_that_the_hub_does_not_know_is_answered_with_a_reset() {
    let app = App::start();
    app.publish(&[BOOK], "first", "");
    for id in ["urn:uuid:5e94c686-2c0b-4f9b-958c-92ccc3bbb4eb", "earliest"] {
        let mut events = app.follow(&format!("topic={}&lastEventID={id}", encoded(BOOK)));
        assert_eq!(events.next_event().event, "reset", "{id}");
    }
}

#[test]
fn twigs_mercure_function_gives_a_url_that_can_be_followed_as_it_is() {
    let app = App::start();
    let first = app.publish(&["a b&c"], "first", "");
    app.publish(&["a b&c"], "second", "");
    let url = app.text(&format!("/page?since={first}"));
    let target = url.trim().strip_prefix(&app.url("")).expect(&url);
    assert!(target.starts_with(MERCURE), "{url}");
    assert_eq!(app.follow_by(&Request::get(target)).next_event().data, "second");
    assert_eq!(app.text("/discovery"), app.url(MERCURE));
}

#[test]
fn patterns_of_both_languages_are_followed() {
    let app = App::start();
    // What asks for it, and the one topic of the last word that it gets. The second is what UX Turbo makes of a class.
    let followed = [
        ("topic=https://example.com/books/{id}", 1),
        ("topic=https://symfony.com/ux-turbo/App%255CEntity%255CBook/{id}", 2),
        ("match_urlpattern=https://example.com/books/:id", 1),
        ("topic=https://example.com/users/{anybody}/orders/{any}", 4),
        ("match_urlpattern=https://example.com/users/:user/orders/:order", 4),
        ("match_urlpattern=https://example.com/files/*", 5),
        ("topic=https://example.com/search{?w}", 6),
    ];
    let topics = [
        "https://example.com/books/1/pages",
        BOOK,
        "https://symfony.com/ux-turbo/App%5CEntity%5CBook/7",
        "https://example.com/users/7/orders/8/lines",
        "https://example.com/users/7/orders/8",
        "https://example.com/files/a/b",
        "https://example.com/search?words=x/y",
    ];
    let mut streams = followed.map(|(query, _)| app.follow(query));
    for topic in topics {
        app.publish(&[topic], topic, "");
    }
    for (stream, (query, index)) in streams.iter_mut().zip(followed) {
        assert_eq!(stream.next_event().data, topics[index], "{query}");
    }
}

#[test]
fn everything_is_followed_by_an_asterisk() {
    let app = App::start();
    let queries = ["topic=*", "match=*", "match_urlpattern=*"];
    let mut streams = queries.map(|query| app.follow(query));
    let topics = [BOOK, "news", "https://example.com/users/7/orders/8"];
    for topic in topics {
        app.publish(&[topic], topic, "");
    }
    for stream in &mut streams {
        assert_eq!(topics.map(|_| stream.next_event().data), topics);
    }
}

#[test]
fn an_update_comes_once_however_many_of_its_topics_are_followed() {
    let app = App::start();
    let all = format!("topic={}&topic=*&topic=https://example.com/books/{{id}}", encoded(BOOK));
    let mut events = app.follow(&all);
    app.publish(&[BOOK, "https://example.com/books/2"], "first", "");
    app.publish(&[BOOK], "second", "");
    assert_eq!([events.next_event().data, events.next_event().data], ["first", "second"]);
}

#[test]
fn a_topic_may_be_longer_than_those_of_the_hub() {
    let app = App::start();
    let long = format!("https://example.com/{}", "x".repeat(1000));
    let mut events = app.follow(&format!("topic={}", encoded(&long)));
    app.publish(&[&long[..1000]], "of another", "");
    app.publish(&[&long], "of the topic", "");
    assert_eq!(events.next_event().data, "of the topic");
}

#[test]
fn clients_of_mercure_reach_no_other_topics_of_the_application() {
    let app = App::start();
    let guessed =
        ["orders.42", "mercure-private:topic:news", "mercure:topic:news", "private:topic:news"];
    let query: String = guessed.map(|topic| format!("topic={topic}&")).concat();
    let mut events = app.follow(&format!("{query}topic=news"));
    assert_ne!(app.text("/publish-elsewhere?topic=orders.42"), "");
    app.publish(&["news"], "private", "&private=1");
    app.publish(&["news"], "public", "");
    assert_eq!(events.next_event().data, "public");
}

#[test]
fn what_cannot_be_followed_is_answered_400_with_what_to_do() {
    let app = App::start();
    let too_many = "topic=x&".repeat(101);
    for (query, reason) in [
        ("", "The parameter \"topic\" or \"match\" is missing.\n"),
        (
            "match_regexp=x",
            "There is \"match\", \"match_exact\" and \"match_urlpattern\"; names are case-sensitive.\n",
        ),
        ("topic=", "A topic has 1 to 4096 bytes of UTF-8, without control characters.\n"),
        ("topic=a%0Ab", "A topic has 1 to 4096 bytes of UTF-8, without control characters.\n"),
        ("topic=%FF", "A topic has 1 to 4096 bytes of UTF-8, without control characters.\n"),
        (
            "topic=/a/{b}/c/{d}",
            "Nothing is published under the pattern \"/a/{b}/c/{d}\": add it to sse.mercure.patterns.\n",
        ),
        (
            "topic=/a/{;b}",
            "In the pattern \"/a/{;b}\" only {name}, {+name}, {?name}, :name and * can be expressions.\n",
        ),
        (&too_many, "There are more than 100 topics.\n"),
    ] {
        let response = app.ask(&Request::get(&format!("{MERCURE}?{query}")));
        assert_eq!(response.status(), 400, "{query}");
        assert_eq!(response.into_text(), reason, "{query}");
    }
    let post = app.ask(&Request::post(MERCURE, "topic=x&data=y"));
    assert_eq!(post.status(), 405);
}

#[test]
fn an_update_of_the_messenger_reaches_its_subscribers() {
    let app = App::start();
    let mut events = app.follow("topic=news");
    assert_eq!(app.text("/dispatch?topics=news&data=sent"), "dispatched");
    assert_eq!(events.next_event().data, "sent");
}

/// Where Debian has mercure-bundle, the other tests have it.
#[test]
fn without_mercure_bundle_the_same_services_are_there() {
    let app = App::start_in("alone");
    assert_eq!(
        app.text("/page").trim(),
        app.url(&format!(
            "{MERCURE}?topic={}&topic=a%20b%26c",
            "https%3A%2F%2Fexample.com%2Fbooks%2F1"
        ))
    );
    let mut events = app.follow("topic=news");
    assert_eq!(app.text("/dispatch?topics=news&data=dispatched"), "dispatched");
    app.publish(&["news"], "published", "");
    assert_eq!([events.next_event().data, events.next_event().data], ["dispatched", "published"]);
    assert_eq!(app.text("/discovery"), app.url(MERCURE));
}

#[test]
fn the_id_and_the_retry_of_an_update_are_not_sent_and_the_log_says_so() {
    let app = App::start();
    let mut events = app.follow("topic=news");
    let id = app.publish(&["news"], "with an id", "&id=urn:uuid:1&retry=1234");
    let event = events.next_event();
    assert_eq!((event.id, event.data.as_str()), (Some(id), "with an id"));
    let notice = "The id and the retry of a Mercure update are not sent";
    assert!(app.log().contains(notice), "{}", app.log());
}

#[test]
fn an_update_that_cannot_be_published_is_an_exception_of_mercures() {
    let app = App::start();
    for (query, class, reason) in [
        ("topics=news&data=x&type=reset", "InvalidArgumentException", "reset"),
        ("topics=news&data=x&private=1&type=sse:x", "InvalidArgumentException", "sse:"),
    ] {
        let response = app.server.get(&format!("/publish?{query}"));
        assert_eq!(response.status(), 500, "{query}");
        let exception = format!("Symfony\\Component\\Mercure\\Exception\\{class}");
        let log = app.log();
        assert!(log.contains(&exception) && log.contains(reason), "{log}");
    }
}

#[test]
fn a_subscriber_has_as_many_streams_as_the_limit_says() {
    let app = App::start();
    let _streams = [(); 8].map(|()| app.follow("topic=news"));
    let ninth = app
        .ask(&Request::get(&format!("{MERCURE}?topic=news")).header("Accept", "text/event-stream"))
        .into_text();
    assert!(ninth.contains("retry: ") && !ninth.contains("sse:position"), "{ninth}");
}

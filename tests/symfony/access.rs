//! Who may have the private updates of a topic: by a voter of the application, by a token of Mercure.

use server_tests::http::Request;

use crate::app::{App, MERCURE, as_user, encoded};

const HERS: &str = "https://example.com/users/alice/inbox";

fn following(topic: &str) -> Request {
    Request::get(&format!("{MERCURE}?topic={}", encoded(topic)))
}

/// What comes of a private update of the topic, and of a public one after it.
#[track_caller]
fn arrives(app: &App, request: &Request, published: &str, expected: &[&str]) {
    let mut events = app.follow_by(request);
    app.publish(&[published], "private", "&private=1");
    app.publish(&[published], "public", "");
    let found: Vec<_> = expected.iter().map(|_| events.next_event().data).collect();
    assert_eq!(found, expected, "{request:?}");
}

fn token(app: &App, claims: &str) -> String {
    app.text(&format!("/token?claims={}", encoded(claims)))
}

#[test]
fn private_updates_come_to_those_whom_a_voter_lets_and_public_ones_to_all() {
    let app = App::start();
    arrives(&app, &following(HERS), HERS, &["public"]);
    arrives(&app, &as_user(following(HERS), "bob"), HERS, &["public"]);
    arrives(&app, &as_user(following(HERS), "alice"), HERS, &["private", "public"]);
    arrives(&app, &as_user(following("*"), "alice"), HERS, &["public"]);
}

#[test]
fn a_private_update_is_replayed_to_those_only_who_may_have_it() {
    let app = App::start();
    let first = app.publish(&[HERS], "first", "");
    app.publish(&[HERS], "private", "&private=1");
    app.publish(&[HERS], "public", "");
    let request = || following(HERS).header("Last-Event-ID", &first);
    assert_eq!(app.follow_by(&request()).next_event().data, "public");
    let mut hers = app.follow_by(&as_user(request(), "alice"));
    assert_eq!([hers.next_event().data, hers.next_event().data], ["private", "public"]);
}

#[test]
fn where_nobody_is_anonymous_a_topic_that_may_not_be_followed_is_answered_403() {
    let app = App::start_in("strict");
    arrives(&app, &as_user(following(HERS), "alice"), HERS, &["private", "public"]);
    for request in
        [following(HERS), as_user(following(HERS), "bob"), as_user(following("*"), "alice")]
    {
        let response = app.ask(&request);
        assert_eq!(response.status(), 403, "{request:?}");
        assert_eq!(response.into_text(), "You may not follow all of these topics.\n");
    }
}

#[test]
fn a_token_of_mercures_grants_what_it_says_wherever_it_stands() {
    let app = App::start();
    let grant = token(&app, r#"{"mercure":{"subscribe":["https://example.com/books/{id}"]}}"#);
    let book = "https://example.com/books/1";
    let query = format!("&authorization={grant}");
    for request in [
        following(book).header("Cookie", &format!("mercureAuthorization={grant}")),
        following(book).header("Cookie", &format!("__Secure-mercure_access_token={grant}")),
        following(book).header("Authorization", &format!("Bearer {grant}")),
        Request::get(&format!("{MERCURE}?topic={}{query}", encoded(book))),
    ] {
        arrives(&app, &request, book, &["private", "public"]);
    }
    let other = "https://example.com/users/bob/inbox";
    arrives(
        &app,
        &following(other).header("Cookie", &format!("mercureAuthorization={grant}")),
        other,
        &["public"],
    );
}

#[test]
fn tokens_of_both_protocols_are_read() {
    let app = App::start();
    let detail = |actions: &str| {
        format!(
            r#"{{"authorization_details":[{{"type":"https://mercure.rocks/authorization-detail","actions":["{actions}"],"topics":[{{"match":"https://example.com/books/:id","match_type":"urlpattern"}}]}}]}}"#
        )
    };
    let book = "https://example.com/books/1";
    for (claims, selector, expected) in [
        (r#"{"mercure":{"subscribe":["*"]}}"#.to_owned(), book, &["private", "public"][..]),
        (format!(r#"{{"mercure":{{"subscribe":["{book}"]}}}}"#), book, &["private", "public"]),
        (
            format!(r#"{{"mercure":{{"subscribe":["{book}"]}}}}"#),
            "https://example.com/books/{id}",
            &["private", "public"],
        ),
        (
            r#"{"mercure":{"subscribe":["https://example.com/books/2"]}}"#.to_owned(),
            "https://example.com/books/{id}",
            &["public"],
        ),
        (r#"{"mercure":{"publish":["*"]}}"#.to_owned(), book, &["public"]),
        (detail("subscribe"), book, &["private", "public"]),
        (detail("publish"), book, &["public"]),
    ] {
        let bearer = format!("Bearer {}", token(&app, &claims));
        arrives(&app, &following(selector).header("Authorization", &bearer), book, expected);
    }
}

#[test]
fn a_token_that_is_none_is_answered_401() {
    let app = App::start();
    let grant = token(&app, r#"{"mercure":{"subscribe":["*"]}}"#);
    let expired = token(&app, r#"{"mercure":{"subscribe":["*"]},"exp":1000000000}"#);
    let none = format!("{}.{}.", "eyJhbGciOiJub25lIn0", grant.split('.').nth(1).unwrap());
    for (token, reason) in [
        (format!("{grant}x"), "Its signature is wrong."),
        (expired, "It is not in force now."),
        (none, "It is not signed by HS256."),
        ("x.y".to_owned(), "It is no JSON Web Token."),
    ] {
        let response =
            app.ask(&following("news").header("Authorization", &format!("Bearer {token}")));
        assert_eq!(response.status(), 401, "{token}");
        assert_eq!(response.header("WWW-Authenticate"), Some("Bearer error=\"invalid_token\""));
        assert_eq!(response.into_text(), format!("The token is refused. {reason}\n"));
    }
}

#[test]
fn a_stream_ends_before_its_token_does() {
    let app = App::start();
    let soon_over =
        app.text("/token?claims=%7B%22mercure%22:%7B%22subscribe%22:%5B%22*%22%5D%7D%7D&seconds=3");
    let request = following("news").header("Authorization", &format!("Bearer {soon_over}"));
    let body = app.ask(&request).into_text();
    assert!(body.contains("sse:position"), "{body}");
}

/// What mercure-bundle makes of `mercure(topic, {subscribe: topic})`, where there is one.
#[test]
fn the_cookie_that_mercures_own_code_sets_grants_what_the_page_said() {
    let app = App::start();
    let page = app.ask(&Request::get("/private-page"));
    let cookie =
        page.header("Set-Cookie").map(|cookie| cookie.split(';').next().unwrap().to_owned());
    assert_eq!(cookie.is_some(), app.text("/has-mercure-bundle") == "yes");
    let Some(cookie) = cookie else { return };
    let url = page.into_text();
    let target = url.trim().strip_prefix(&app.url("")).unwrap_or_else(|| panic!("{url}"));
    arrives(
        &app,
        &Request::get(target).header("Cookie", &cookie),
        "https://example.com/books/1",
        &["private", "public"],
    );
}

//! Streams that pass on what another one sends.

use serde_json::Value;
use server_tests::event_stream::Event;
use server_tests::patience::soon;
use server_tests::server::Php;

use crate::site::{Demo, events};

#[test]
fn the_relay_passes_every_token_on_as_it_comes() {
    let demo = Demo::start();
    let upstream = events(demo.get("/llm-upstream.php"));
    let (done, tokens) = upstream.split_last().unwrap();
    assert_eq!(done.data, "[DONE]");
    let token = |event: &Event| {
        let event: Value = serde_json::from_str(&event.data).unwrap();
        event["choices"][0]["delta"]["content"].as_str().unwrap().to_owned()
    };
    let tokens: Vec<String> = tokens.iter().map(token).collect();
    assert_eq!(tokens.concat(), demo.answer());

    let relayed = events(demo.get("/llm-relay.php"));
    let (done, relayed) = relayed.split_last().unwrap();
    assert_eq!((done.event.as_str(), done.data.as_str()), ("done", ""));
    let relayed_tokens: Vec<_> = relayed.iter().map(|event| event.data.as_str()).collect();
    assert_eq!(relayed_tokens, tokens);
    assert!(relayed.iter().all(|event| event.event == "token"), "{relayed:?}");
    assert!(tokens.iter().any(|token| token.starts_with("\n\n")), "{tokens:?}");

    let pieces = relayed.chunk_by(|one, next| one.at == next.at).count();
    assert!(pieces > tokens.len() / 2, "{} tokens came in {pieces} pieces", tokens.len());
}

#[test]
fn a_client_that_leaves_ends_the_relay_and_its_upstream() {
    let demo = Demo::start();
    demo.change(
        "llm-upstream.php",
        "$tokens[0] as",
        "new InfiniteIterator(new ArrayIterator($tokens[0])) as",
    );
    demo.get("/llm-relay.php").events().next_event();
    demo.wait_for_end_of("llm-relay.php");
    demo.wait_for_end_of("llm-upstream.php");
}

#[test]
fn a_relay_without_upstream_is_no_stream() {
    let demo = Demo::start();
    demo.change("llm-upstream.php", "<?php", "<?php http_response_code(503); exit;");
    assert_eq!(demo.get("/llm-relay.php").status(), 500);
}

/// A demo whose PHP has curl.
fn with_curl() -> Demo {
    Demo::with(Php::with_sse().ini("extension", "curl"))
}

#[test]
fn curl_relays_what_its_upstream_sends() {
    let demo = with_curl();
    let sent = |script: &str| -> Vec<_> {
        events(demo.get(script)).into_iter().map(|event| (event.event, event.data)).collect()
    };
    let mut expected = sent("/llm-upstream.php");
    expected.push(("done".into(), String::new()));
    assert_eq!(sent("/curl-relay.php"), expected);
}

#[test]
fn a_silent_upstream_is_cut_when_its_reader_leaves() {
    let demo = with_curl();
    demo.site.write("examples/llm-upstream.php", "<?php sleep(60);");
    let mut relay = demo.get("/curl-relay.php");
    relay.body.read_until(b":\n", soon()).unwrap();
    drop(relay);
    demo.wait_for_end_of("curl-relay.php");
}

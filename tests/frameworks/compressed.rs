//! Streams that a framework sends with the head of `Sse::headers(compress: true)`.

use server_tests::content_coding::{Coding, Decoded};
use server_tests::http::Request;
use server_tests::patience::soon;
use server_tests::reader::End;

use crate::app::{Framework, LARAVEL, SYMFONY, text, with_sse};

/// Each event can be decoded when it is sent, in each coding.
#[track_caller]
fn arrives(framework: &Framework, path: &str, first: &str, events: &[&str]) {
    let app = framework.with_test_routes(with_sse());
    let gate = app.site.gate("gate");
    for coding in Coding::ALL {
        let request = Request::get(path).header("Accept-Encoding", coding.token());
        let response = app.send(&request);
        assert_eq!(response.header("Content-Encoding"), Some(coding.token()));
        let vary: Vec<_> =
            response.head.all("Vary").join(", ").split(", ").map(str::to_owned).collect();
        assert!(vary.contains(&"Accept-Encoding".to_owned()), "{vary:?}");
        let mut stream = Decoded::body_of(response);
        let mut before = first;
        for event in events {
            let expected = format!("{before}data: {event}\n\n");
            assert_eq!(text(stream.read_until(b"\n\n", soon()).unwrap()), expected, "{coding:?}");
            gate.release();
            before = "";
        }
        assert_eq!(stream.read_to_end(soon()).unwrap(), b"", "{coding:?}");
        assert_eq!(stream.end(), Some(&End::Clean), "{coding:?}");
    }
}

#[test]
fn a_stream_of_a_streamed_response_is_compressed_event_by_event() {
    for framework in [&LARAVEL, &SYMFONY] {
        arrives(framework, "/compressed", ":\n", &["first", "second", "third"]);
    }
}

#[test]
fn a_stream_that_is_echoed_in_a_streamed_response_is_compressed_event_by_event() {
    for framework in [&LARAVEL, &SYMFONY] {
        arrives(framework, "/compressed-by-hand", "", &["first", "second"]);
    }
}

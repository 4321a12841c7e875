//! The tests of streams that other code opens.

use std::time::{Duration, Instant};

use server_tests::http::Head;
use server_tests::patience::soon;
use server_tests::reader::{End, Reader};
use server_tests::server::Php;

use crate::adoption::{self, SOURCES};
use crate::hiccups::Hiccups;
use crate::kind::{Kind, Output, Running};
use crate::{BLOCK, all_are_steady};

/// Heartbeats as fast as they go.
const AT_ONCE: Duration = Duration::from_micros(10);

on! {
    [
        heartbeats_come_while_they_are_blocked,
        they_know_at_once_that_their_client_has_left,
        not_a_byte_of_them_is_altered,
        what_only_looks_like_one_is_left_alone,
        one_that_is_encoded_as_none_is_looked_after,
    ]
    fpm: Fpm,
    fpm_over_tcp: FpmOverTcp,
    fpm_keepalive: FpmKeepalive,
    cgi: Cgi,
    builtin: Builtin,
    apache: Apache,
    apache_plain: ApachePlain,
    apache_tls: ApacheTls,
    apache_deflate: ApacheDeflate,
}

/// There a flush after the client has left may end the script, as it does without the extension.
mod whose_script_may_end {
    use super::*;

    on! {
        [
            heartbeats_come_while_they_are_blocked,
            not_a_byte_of_them_is_altered,
            what_only_looks_like_one_is_left_alone,
            one_that_is_encoded_as_none_is_looked_after,
        ]
        frankenphp: FrankenPhp,
    }
}

/// Where the client sees what PHP says to proxies.
mod with_their_whole_head {
    use super::*;

    on! {
        [
            proxies_are_told_to_let_them_pass,
        ]
        fpm: Fpm,
        builtin: Builtin,
        apache: Apache,
    }
}

mod on_servers_that_reload {
    use super::*;

    on! {
        [
            a_reload_ends_them_cleanly,
            one_that_a_reload_ends_does_not_end_with_a_heartbeat,
        ]
        fpm: Fpm,
        fpm_over_tcp: FpmOverTcp,
        fpm_keepalive: FpmKeepalive,
        apache: Apache,
        apache_plain: ApachePlain,
        apache_tls: ApacheTls,
        apache_deflate: ApacheDeflate,
    }
}

fn heartbeats_come_while_they_are_blocked(kind: Kind) {
    let running = adoption::run(kind, adoption::adopting(BLOCK.heartbeat), SOURCES.len());
    all_are_steady(&SOURCES, |source| adoption::open_blocked(&running, source, BLOCK));
}

fn they_know_at_once_that_their_client_has_left(kind: Kind) {
    let running = adoption::run(kind, adoption::adopting(Duration::from_secs(15)), 1);
    for source in SOURCES {
        let hiccups = Hiccups::watch();
        let after = adoption::time_to_notice(&running, source);
        let hiccup = hiccups.longest();
        assert!(after < Duration::from_millis(50) + 3 * hiccup, "{source}: {after:?}, {hiccup:?}");
    }
}

fn not_a_byte_of_them_is_altered(kind: Kind) {
    let plain = adoption::run(kind, adoption::like_in_production(Php::plain()), 1);
    let adopted = adoption::run(kind, adoption::adopting(AT_ONCE), 1);
    for source in SOURCES {
        let expected = body(&plain, source, "varied");
        assert_eq!(expected.1, Some(End::Clean));
        // On a machine with much else to do, one response may have only a few, or none.
        let (mut heartbeats, mut responses) = (0, 0);
        while heartbeats <= 50 {
            let (body, end) = body(&adopted, source, "varied");
            let (body, more) = without_heartbeats(&body);
            assert!(body == expected.0, "{source}: {} bytes, not {}", body.len(), expected.0.len());
            assert_eq!(end, expected.1, "{source}");
            (heartbeats, responses) = (heartbeats + more, responses + 1);
            assert!(responses < 50, "{source}: {heartbeats} heartbeats in {responses} responses");
        }
    }
}

fn proxies_are_told_to_let_them_pass(kind: Kind) {
    let running = adoption::run(kind, adoption::adopting(AT_ONCE), 1);
    for source in SOURCES {
        let head = head(&running, source);
        assert_eq!(head.header("X-Accel-Buffering"), Some("no"), "{source}");
        assert_eq!(head.header("Incremental"), Some("?1"), "{source}");
        let cache_control = head.header("Cache-Control").unwrap();
        let directives: Vec<_> = cache_control.split(',').map(str::trim).collect();
        assert!(directives.contains(&"no-cache"), "{source}: {cache_control}");
        assert!(directives.contains(&"no-transform"), "{source}: {cache_control}");
    }
}

fn what_only_looks_like_one_is_left_alone(kind: Kind) {
    let [plain, adopting] =
        [adoption::like_in_production(Php::plain()), adoption::adopting(AT_ONCE)]
            .map(|php| adoption::run(kind, php, 1));
    for it in ALIKE {
        let [expected, response] = [&plain, &adopting].map(|running| alike(running, it));
        assert_eq!(response, expected, "a response that {it}");
    }
}

/// A habit of those who want no compression.
fn one_that_is_encoded_as_none_is_looked_after(kind: Kind) {
    let running = adoption::run(kind, adoption::adopting(AT_ONCE), 1);
    let (status, _, body) = alike(&running, "is encoded as none");
    let (body, heartbeats) = without_heartbeats(body.as_bytes());
    // A line stands behind the last heartbeat, for clients that want one.
    assert_eq!((status, body), (200, b"data: a\n\ndata: b\n\nevent\n".to_vec()));
    assert!(heartbeats > 0);
}

fn a_reload_ends_them_cleanly(kind: Kind) {
    let running = adoption::run(kind, adoption::adopting(AT_ONCE), SOURCES.len());
    let streams = SOURCES.map(|source| begin(&running, source));
    let (reloaded, hiccups) = (Instant::now(), Hiccups::watch());
    running.server().reload();
    for (source, mut stream) in SOURCES.into_iter().zip(streams) {
        let rest = stream.read_to_end(soon()).unwrap();
        assert_eq!(stream.end(), Some(&End::Clean), "{source}");
        // Where the last line would be a heartbeat, another one stands behind it.
        let last_line = rest.strip_suffix(b"event\n").filter(|rest| rest.ends_with(b":\n"));
        let (rest, _) = without_heartbeats(last_line.unwrap_or(&rest));
        let is_whole = rest.is_empty() || rest.ends_with(b"\n\n");
        assert!(is_whole, "{source}: {}", rest.escape_ascii());
    }
    // The server, each of its workers and the keepers of these have to be let run, one after the other.
    let (took, hiccup) = (reloaded.elapsed(), hiccups.longest());
    assert!(took < Duration::from_secs(2) + 20 * hiccup, "{took:?}, {hiccup:?}");
}

/// There are clients that do not come back when the last line is a comment.
fn one_that_a_reload_ends_does_not_end_with_a_heartbeat(kind: Kind) {
    let running = adoption::run(kind, adoption::adopting(AT_ONCE), 1);
    let mut stream = Reader::new(Output::of(running.get("alike.php", "it=asks+and+is+silent")));
    stream.read_until(b"data: a\n\n:\n", soon()).unwrap();
    running.server().reload();
    let rest = stream.read_to_end(soon()).unwrap();
    assert_eq!(stream.end(), Some(&End::Clean));
    assert_eq!(without_heartbeats(&rest).0.escape_ascii().to_string(), r"event\n");
    assert!(rest.ends_with(b"event\n"), "{}", rest.escape_ascii());
}

/// The whole body of a source's stream, and how it ended.
#[track_caller]
fn body(running: &Running, source: &str, scene: &str) -> (Vec<u8>, Option<End>) {
    let mut stream = Reader::new(Output::of(running.play(source, scene)));
    let body = stream.read_to_end(soon()).unwrap();
    (body, stream.end().cloned())
}

/// A body without its heartbeats, and their number.
fn without_heartbeats(body: &[u8]) -> (Vec<u8>, usize) {
    let (beats, rest): (Vec<&[u8]>, Vec<&[u8]>) =
        body.split_inclusive(|byte| *byte == b'\n').partition(|line| *line == b":\n");
    (rest.concat(), beats.len())
}

/// The head of a source's stream.
#[track_caller]
fn head(running: &Running, source: &str) -> Head {
    running.play(source, "endless").head
}

/// An endless stream whose first events have come.
#[track_caller]
fn begin(running: &Running, source: &str) -> Reader<Output> {
    let mut stream = Reader::new(Output::of(running.play(source, "endless")));
    stream.read_until(b"data: tick 9\n\n", soon()).unwrap();
    stream
}

/// Responses that only look like streams, in words that complete "a response that".
const ALIKE: [&str; 5] =
    ["changed its type", "is an error", "has a length", "is encoded", "is never flushed"];

/// Status, type and body of such a response.
#[track_caller]
fn alike(running: &Running, it: &str) -> (u16, Option<String>, String) {
    let response = running.get("alike.php", &format!("it={}", it.replace(' ', "+")));
    let (status, content_type) = (response.status(), response.header("Content-Type"));
    let content_type = content_type.map(str::to_owned);
    let body = Reader::new(Output::of(response)).read_to_end(soon()).unwrap();
    (status, content_type, String::from_utf8(body).unwrap())
}

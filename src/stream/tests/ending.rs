//! The end of a stream: its reasons, and its last bytes.

use super::*;

#[test]
fn no_stream_ends_with_a_comment() {
    const FIRST: Option<Retry> = Some(Retry::from_millis(700));
    let told = |stream: &Stream<&Memory>| {
        stream.send(&Event { retry: Some(Retry::from_millis(800)), ..event("x") }).unwrap();
        stream.comment(Comment::new(b"c")).unwrap();
    };
    for (first, say, expected) in [
        (None, (|_| {}) as fn(&Stream<&Memory>), ":\nevent\n"),
        (FIRST, |_| {}, ":\nretry: 700\n"),
        (FIRST, told, ":\nretry: 700\nretry: 800\ndata: x\n\n: c\nretry: 800\n"),
        (None, |stream| assert!(stream.send(&event("x")).is_ok()), ":\ndata: x\n\n"),
        (None, |stream| assert!(stream.wait(seconds(2)).is_ok()), ":\n:\nevent\n"),
        (None, |stream| assert!(stream.retry(Retry::from_millis(9)).is_ok()), ":\nretry: 9\n"),
    ] {
        let memory = Memory::new(Instant::now());
        let options = Options { retry: first, heartbeat: Some(seconds(2)), ..Options::default() };
        let stream = open(&memory, options);
        stream.begin(None).unwrap();
        say(&stream);
        stream.close();
        stream.finish().unwrap();
        assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected);
    }
}

#[test]
fn the_first_reason_stays() {
    let now = Instant::now();
    let memory = Memory::new(now);
    let stream = open(&memory, Options::default());
    stream.stop(StopReason::Closed);
    stream.stop(StopReason::ClientGone);
    assert_eq!(stream.stop_reason(), Some(StopReason::Closed));
    assert_eq!(stream.wait(seconds(60)), Ok(false));
    assert_eq!(memory.clock.get(), now, "a stopped stream does not wait");
}

#[test]
fn a_stream_ends_with_its_lifetime() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let max_lifetime = Some(Lifetime::new(seconds(30)));
    let stream = open(&memory, Options { max_lifetime, ..Options::default() });
    assert_eq!(stream.wait(seconds(20)), Ok(true));
    assert_eq!(stream.wait(seconds(20)), Ok(false));
    assert_eq!(memory.clock.get(), start + seconds(30));
    assert_eq!(stream.stop_reason(), Some(StopReason::MaxLifetime));
    assert_eq!(stream.send(&event("x")), Ok(false));
}

#[test]
fn closing_tells_what_the_connection_knew_first() {
    let now = Instant::now();
    let memory = Memory::new(now);
    let stream = open(&memory, Options::default());
    memory.reason.set(Some(StopReason::ClientGone));
    stream.close();
    assert_eq!(stream.stop_reason(), Some(StopReason::ClientGone));
}

#[test]
fn a_stream_that_a_shutdown_ends_says_when_to_come_back() {
    let now = Instant::now();
    let memory = Memory::new(now);
    let shutdown_retry = Some(Retry::from_millis(500));
    let stream = open(&memory, Options { shutdown_retry, ..Options::default() });
    memory.reason.set(Some(StopReason::Shutdown));
    assert_eq!(stream.wait(seconds(60)), Ok(false));
    assert_eq!(stream.wait(seconds(60)), Ok(false));
    assert_eq!(*memory.written.borrow(), b"retry: 500\n");
}

#[test]
fn a_farewell_reaches_a_client_that_still_listens_once() {
    let start = Instant::now();
    for reason in [StopReason::MaxLifetime, StopReason::Shutdown] {
        let memory = Memory::new(start);
        let stream = open(&memory, Options::default());
        stream.stop(reason);
        assert_eq!(stream.send_last(&event("bye")), Ok(false), "still stopped");
        assert_eq!(stream.send_last(&event("again")), Ok(false));
        assert_eq!(*memory.written.borrow(), b"data: bye\n\n");
    }
}

#[test]
fn there_is_no_farewell_to_a_client_that_left_or_a_stream_that_was_closed() {
    let start = Instant::now();
    for reason in [StopReason::ClientGone, StopReason::WriteTimeout, StopReason::Closed] {
        let memory = Memory::new(start);
        let stream = open(&memory, Options::default());
        stream.stop(reason);
        assert_eq!(stream.send_last(&event("bye")), Ok(false));
        assert_eq!(*memory.written.borrow(), b"");
    }
}

#[test]
fn a_script_outstays_its_client_after_ten_seconds() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let stream = open(&memory, Options::default());
    memory.clock.set(start + seconds(60));
    assert!(!stream.ignores_disconnect(), "the client is there");
    stream.stop(StopReason::ClientGone);
    memory.clock.set(start + seconds(69));
    assert!(!stream.ignores_disconnect());
    memory.clock.set(start + seconds(70));
    assert!(stream.ignores_disconnect());
}

#[test]
fn a_stream_that_was_closed_has_no_client_to_outstay() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let stream = open(&memory, Options::default());
    stream.stop(StopReason::Closed);
    memory.clock.set(start + seconds(60));
    assert!(!stream.ignores_disconnect());
}

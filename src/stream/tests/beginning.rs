//! The first bytes of a stream.

use super::*;

#[test]
fn a_stream_begins_with_a_comment_and_the_retry_hint() {
    let now = Instant::now();
    let memory = Memory::new(now);
    let options = Options { retry: Some(Retry::from_millis(3000)), ..Options::default() };
    assert_eq!(open(&memory, options).begin(None), Ok(true));
    assert_eq!(*memory.written.borrow(), b":\nretry: 3000\n");
}

#[test]
fn a_client_that_comes_back_is_told_the_id_that_it_came_with() {
    let id = EventId::new(b"41-7").ok();
    for (retry, expected) in [
        (None, ":\nevent: sse:position\nid: 41-7\ndata: {}\n\ndata: x\n\n"),
        (Some(700), ":\nevent: sse:position\nid: 41-7\nretry: 700\ndata: {}\n\ndata: x\n\n"),
    ] {
        let memory = Memory::new(Instant::now());
        let retry = retry.map(Retry::from_millis);
        let stream = open(&memory, Options { retry, ..Options::default() });
        assert_eq!(stream.begin(id), Ok(true));
        assert_eq!(stream.send(&event("x")), Ok(true));
        assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected);
    }
}

#[test]
fn what_is_not_sent_tells_no_reconnection_time() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    stream.begin(None).unwrap();
    stream.stop(StopReason::MaxLifetime);
    assert_eq!(stream.send(&Event { retry: Some(Retry::from_millis(5)), ..event("x") }), Ok(false));
    stream.finish().unwrap();
    assert_eq!(*memory.written.borrow(), b":\nevent\n");
}

#[test]
fn nothing_is_said_to_a_client_that_does_not_listen() {
    for reason in [StopReason::ClientGone, StopReason::WriteTimeout, StopReason::HandedOff] {
        let memory = Memory::new(Instant::now());
        let stream = open(&memory, Options::default());
        stream.begin(None).unwrap();
        stream.stop(reason);
        stream.finish().unwrap();
        assert_eq!(*memory.written.borrow(), b":\n", "{reason:?}");
    }
}

#[test]
fn a_stream_that_begins_in_a_shutdown_says_all_it_has_to_say_and_ends() {
    let now = Instant::now();
    let memory = Memory::new(now);
    memory.reason.set(Some(StopReason::Shutdown));
    let [retry, shutdown_retry] = [3000, 500].map(|millis| Some(Retry::from_millis(millis)));
    let options = Options { retry, shutdown_retry, ..Options::default() };
    let stream = open(&memory, options);
    assert_eq!(stream.begin(None), Ok(false));
    assert_eq!(stream.send(&event("late")), Ok(false));
    assert_eq!(stream.stop_reason(), Some(StopReason::Shutdown));
    assert_eq!(*memory.written.borrow(), b":\nretry: 3000\nretry: 500\n");
}

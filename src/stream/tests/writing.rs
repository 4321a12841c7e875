//! Events and comments, each a write of its own, beside what was echoed.

use super::*;

#[test]
fn a_frame_stands_right_behind_lines_that_belong_to_no_event() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options { heartbeat: Some(seconds(1)), ..Options::default() });
    stream.begin(None).unwrap();
    stream.wait(seconds(1)).unwrap();
    stream.retry(Retry::from_millis(5)).unwrap();
    stream.send(&event("x")).unwrap();
    memory.echo(b"data: theirs\n");
    stream.retry(Retry::from_millis(6)).unwrap();
    stream.send(&event("y")).unwrap();
    let expected = ":\n:\nretry: 5\ndata: x\n\ndata: theirs\nretry: 6\n\ndata: y\n\n";
    assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected);
}

#[test]
fn an_event_is_one_write() {
    let memory = Memory::new(Instant::now());
    memory.writes_left.set(1);
    let stream = open(&memory, Options::default());
    assert_eq!(stream.send(&event("a\nb")), Ok(true));
    assert_eq!(*memory.written.borrow(), b"data: a\ndata: b\n\n");
    assert_eq!(stream.send(&Event::default()), Ok(true), "no lines, no write");
}

#[test]
fn a_frame_never_joins_what_was_echoed_before_it() {
    for (echoed, expected) in [
        ("data: theirs\n\n", "data: theirs\n\ndata: ours\n\n"),
        ("data: theirs\n", "data: theirs\n\ndata: ours\n\n"),
        ("data: theirs", "data: theirs\n\ndata: ours\n\n"),
    ] {
        let now = Instant::now();
        let memory = Memory::new(now);
        memory.echo(echoed.as_bytes());
        assert_eq!(open(&memory, Options::default()).send(&event("ours")), Ok(true));
        assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected);
    }
}

#[test]
fn a_comment_goes_into_an_unfinished_event() {
    for (echoed, expected) in [
        ("data: a\n", "data: a\n: c\ndata: b\n\n"),
        ("data: a", "data: a\n: c\ndata: b\n\n"),
        ("", ": c\ndata: b\n\n"),
    ] {
        let now = Instant::now();
        let memory = Memory::new(now);
        memory.echo(echoed.as_bytes());
        let stream = open(&memory, Options::default());
        assert_eq!(stream.comment(Comment::new(b"c")), Ok(true));
        memory.echo(b"data: b\n\n");
        assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected);
    }
}

#[test]
fn frames_made_before_are_one_write_too() {
    let now = Instant::now();
    let memory = Memory::new(now);
    memory.writes_left.set(1);
    memory.echo(b"data: theirs");
    let stream = open(&memory, Options::default());
    assert_eq!(stream.send_frames(Packet::of(b"data: a\n\ndata: b\n\n"), None, false), Ok(true));
    assert_eq!(stream.send_frames(Packet::default(), None, false), Ok(true), "no frames, no write");
    assert_eq!(*memory.written.borrow(), b"data: theirs\n\ndata: a\n\ndata: b\n\n");
}

#[test]
fn the_client_is_found_gone_at_every_write() {
    for n in 0..5 {
        let now = Instant::now();
        let memory = Memory::new(now);
        memory.writes_left.set(n);
        let stream = open(&memory, Options::default());
        for i in 0..8 {
            assert_eq!(stream.send(&event("x")), Ok(i < n), "write {i} of {n}");
        }
        assert_eq!(stream.stop_reason(), Some(StopReason::ClientGone));
        assert_eq!(memory.written.borrow().len(), n * b"data: x\n\n".len());
    }
}

#[test]
fn an_interrupted_write_is_passed_on_and_leaves_the_stream_usable() {
    let now = Instant::now();
    let memory = Memory::new(now);
    memory.interrupts.set(true);
    let stream = open(&memory, Options::default());
    assert_eq!(stream.send(&event("x")), Err(Bailout));
    assert_eq!(stream.stop_reason(), None);
}

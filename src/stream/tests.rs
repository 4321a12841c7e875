//! Whole lives of a stream, on connections made of memory.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use event_stream::{Comment, Event, EventId, Retry};

use super::*;

/// A connection made of memory, on a clock that only sleeping moves.
struct Memory {
    written: RefCell<Vec<u8>>,
    clock: Cell<Instant>,
    writes_left: Cell<usize>,
    wakes_early: Cell<bool>,
    reason: Cell<Option<StopReason>>,
    interrupts: bool,
    beats_itself: bool,
    echoed: Cell<bool>,
}

impl Memory {
    fn new(start: Instant) -> Self {
        Self {
            written: RefCell::default(),
            clock: Cell::new(start),
            writes_left: Cell::new(usize::MAX),
            wakes_early: Cell::new(false),
            reason: Cell::new(None),
            interrupts: false,
            beats_itself: false,
            echoed: Cell::new(false),
        }
    }

    fn echo(&self, bytes: &[u8]) {
        self.echoed.set(true);
        self.put(bytes);
    }

    fn put(&self, bytes: &[u8]) {
        self.written.borrow_mut().extend_from_slice(bytes);
    }
}

impl Connection for &Memory {
    fn write(&self, packet: &mut Packet) -> Result<Written, Bailout> {
        if self.interrupts {
            return Err(Bailout);
        }
        let Some(left) = self.writes_left.get().checked_sub(1) else {
            return Ok(Written::Stopped(StopReason::ClientGone));
        };
        self.writes_left.set(left);
        self.put(packet.bytes());
        Ok(self.stop_reason().map_or(Written::Whole, Written::Stopped))
    }

    fn beats_itself(&self) -> bool {
        self.beats_itself
    }

    fn tail(&self) -> Tail {
        Tail::START.after(&self.written.borrow())
    }

    fn was_echoed_to(&self) -> bool {
        self.echoed.get()
    }

    fn stop_reason(&self) -> Option<StopReason> {
        self.reason.get()
    }

    fn now(&self) -> Instant {
        self.clock.get()
    }

    fn finish(&self, last_line: Option<&[u8]>) -> Result<(), Bailout> {
        if let (Some(before), Some(line)) = (self.tail().before_last_line(), last_line) {
            self.put(before);
            self.put(line);
        }
        Ok(())
    }

    fn sleep_until(&self, deadline: Option<Instant>) -> bool {
        self.clock.set(deadline.expect("nobody would ever wake this stream"));
        self.wakes_early.get()
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn event(data: &str) -> Event<'_> {
    Event { data: Some(data.as_bytes()), ..Event::default() }
}

fn open(memory: &Memory, options: Options) -> Stream<&Memory> {
    Stream::new(memory, &options, 0.5)
}

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
fn waiting_sends_a_heartbeat_for_every_silent_interval() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let stream = open(&memory, Options { heartbeat: Some(seconds(15)), ..Options::default() });
    assert_eq!(stream.wait(seconds(50)), Ok(true));
    assert_eq!(*memory.written.borrow(), b":\n:\n:\n");
    assert_eq!(memory.clock.get(), start + seconds(50));
}

#[test]
fn a_connection_that_beats_itself_is_left_alone() {
    let start = Instant::now();
    let memory = Memory { beats_itself: true, ..Memory::new(start) };
    let stream = open(&memory, Options { heartbeat: Some(seconds(15)), ..Options::default() });
    assert_eq!(stream.wait(seconds(50)), Ok(true));
    assert_eq!(*memory.written.borrow(), b"");
}

#[test]
fn a_heartbeat_is_due_after_the_last_byte_not_after_the_last_heartbeat() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let stream = open(&memory, Options { heartbeat: Some(seconds(15)), ..Options::default() });
    for _ in 0..5 {
        assert_eq!(stream.send(&event("x")), Ok(true));
        assert_eq!(stream.wait(seconds(10)), Ok(true));
    }
    assert_eq!(*memory.written.borrow(), b"data: x\n\n".repeat(5));
}

#[test]
fn a_heartbeat_goes_into_an_unfinished_event_but_not_into_a_line() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let stream = open(&memory, Options { heartbeat: Some(seconds(15)), ..Options::default() });
    memory.echo(b"data: a");
    assert_eq!(stream.wait(seconds(40)), Ok(true));
    memory.echo(b"\n");
    assert_eq!(stream.wait(seconds(1)), Ok(true));
    assert_eq!(*memory.written.borrow(), b"data: a\n:\n");
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
fn waiting_ends_at_once_when_the_connection_says_so() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let stream = open(&memory, Options::default());
    memory.reason.set(Some(StopReason::Shutdown));
    assert_eq!(stream.wait(seconds(60)), Ok(false));
    assert_eq!(stream.stop_reason(), Some(StopReason::Shutdown));
    assert_eq!(memory.clock.get(), start);
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

#[test]
fn waiting_ends_early_and_open_when_the_engine_has_something_to_run() {
    let start = Instant::now();
    let memory = Memory::new(start);
    memory.wakes_early.set(true);
    let stream = open(&memory, Options { heartbeat: Some(seconds(1)), ..Options::default() });
    assert_eq!(stream.wait(seconds(60)), Ok(true));
    assert_eq!(memory.clock.get(), start + seconds(1));
}

#[test]
fn waiting_for_nothing_answers_at_once() {
    let start = Instant::now();
    let memory = Memory::new(start);
    assert_eq!(open(&memory, Options::default()).wait(Duration::ZERO), Ok(true));
    assert_eq!(memory.clock.get(), start);
}

#[test]
fn waiting_for_ever_is_ended_by_the_lifetime() {
    let start = Instant::now();
    let memory = Memory::new(start);
    let max_lifetime = Some(Lifetime::new(seconds(3)));
    let stream = open(&memory, Options { max_lifetime, ..Options::default() });
    assert_eq!(stream.wait(Duration::MAX), Ok(false));
    assert_eq!(memory.clock.get(), start + seconds(3));
}

#[test]
fn an_interrupted_write_is_passed_on_and_leaves_the_stream_usable() {
    let now = Instant::now();
    let memory = Memory { interrupts: true, ..Memory::new(now) };
    let stream = open(&memory, Options::default());
    assert_eq!(stream.send(&event("x")), Err(Bailout));
    assert_eq!(stream.stop_reason(), None);
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

#[test]
fn a_client_knows_where_its_stream_began_until_it_is_told_another_id() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    stream.begin(EventId::new(b"41-7").ok()).unwrap();
    assert_eq!([(); 2].map(|()| stream.begun_with()), [Some("41-7".into()), Some("41-7".into())]);
    stream.send(&event("x")).unwrap();
    assert_eq!(stream.begun_with(), Some("41-7".into()), "an event without an id");
    stream.send_frames(Packet::of(b"id: 9\ndata: x\n\n"), None, true).unwrap();
    assert_eq!(stream.begun_with(), None);
    let stream = open(&memory, Options::default());
    stream.begin(EventId::new(b"41-7").ok()).unwrap();
    memory.echo(b"id: 9\ndata: x\n\n");
    assert_eq!(stream.begun_with(), None, "nobody knows what the script has said");
}

#[test]
fn a_client_is_told_in_time_where_it_is_among_events_that_were_kept_from_it() {
    let told = "id: 9-1\nevent: sse:position\ndata: {}\n\n";
    let passed = |times: usize, bytes: usize, pause: u64| {
        let memory = Memory::new(Instant::now());
        let stream = open(&memory, Options::default());
        (0..times).for_each(|number| stream.pass_over(&format!("9-{}", times - number), bytes));
        memory.clock.set(memory.clock.get() + seconds(pause));
        assert_eq!(stream.tell_position_if_due(), Ok(true));
        String::from_utf8_lossy(&memory.written.take()).into_owned()
    };
    assert_eq!(passed(99, 1, 14), "");
    assert_eq!(passed(100, 1, 0), told);
    assert_eq!(passed(1, 1 << 20, 0), told);
    assert_eq!(passed(1, 1, 15), told);
    assert_eq!(passed(0, 0, 15), "");
}

#[test]
fn a_client_is_told_at_the_end_where_it_is_if_it_does_not_know() {
    let told = "id: 9-1\nevent: sse:position\ndata: {}\n\n";
    for (reason, expected) in [
        (StopReason::MaxLifetime, told),
        (StopReason::Shutdown, told),
        (StopReason::Closed, told),
        (StopReason::ClientGone, ""),
        (StopReason::WriteTimeout, ""),
    ] {
        let memory = Memory::new(Instant::now());
        let stream = open(&memory, Options::default());
        stream.pass_over("9-1", 1);
        stream.stop(reason);
        stream.pass_over("9-2", 1);
        stream.finish().unwrap();
        stream.finish().unwrap();
        assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected, "{reason:?}");
    }
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    stream.pass_over("9-1", 1);
    stream.send(&Event { id: EventId::new(b"9-2").ok(), ..event("x") }).unwrap();
    stream.finish().unwrap();
    assert_eq!(*memory.written.borrow(), b"id: 9-2\ndata: x\n\n", "an event has told it");
}

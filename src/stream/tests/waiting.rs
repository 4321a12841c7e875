//! Waiting, and the heartbeats that are sent meanwhile.

use super::*;

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

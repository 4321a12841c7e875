//! The position that a client knows.

use super::*;

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
        assert_eq!(stream.send_position_if_due(), Ok(true));
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

//! Documents and values of which only what has changed is sent.

use event_stream::EventType;

use super::*;

fn patches() -> PatchType<'static> {
    PatchType::new(EventType::new(b"patch").ok()).unwrap()
}

/// Sends documents, and gives what each wrote.
fn written(stream: &Stream<&Memory>, memory: &Memory, documents: &[&str]) -> Vec<String> {
    let send = |document: &&str| {
        assert_eq!(stream.send_changes(document.as_bytes(), patches(), None), Ok(true));
        String::from_utf8(memory.written.take()).unwrap()
    };
    documents.iter().map(send).collect()
}

fn state(document: &str) -> String {
    format!("event: state\ndata: {document}\n\n")
}

fn patch(patch: &str) -> String {
    format!("event: patch\ndata: {patch}\n\n")
}

#[test]
fn a_document_is_sent_whole_at_first_then_what_has_changed_and_nothing_if_nothing_has() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    let documents = [
        r#"{"a":1,"b":{"c":2}}"#,
        r#"{"a":1,"b":{"c":3}}"#,
        r#"{"b":{"c":3},"a":1}"#,
        r#"{"b":{"c":3}}"#,
        "[1]",
        "[1]",
        r#"{"a":1}"#,
    ];
    let expected = [
        state(documents[0]),
        patch(r#"{"b":{"c":3}}"#),
        String::new(),
        patch(r#"{"a":null}"#),
        patch("[1]"),
        String::new(),
        patch(r#"{"a":1}"#),
    ];
    assert_eq!(written(&stream, &memory, &documents), expected);
}

#[test]
fn a_document_that_no_patch_leads_to_is_sent_whole_and_compared_with_from_then_on() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    let documents =
        [r#"{"a":1,"b":1}"#, r#"{"a":null,"b":1}"#, r#"{"a":null,"b":2}"#, r#"{"a":null,"b":2}"#];
    let expected = [state(documents[0]), state(documents[1]), patch(r#"{"b":2}"#), String::new()];
    assert_eq!(written(&stream, &memory, &documents), expected);
}

#[test]
fn a_document_that_is_too_deep_to_be_compared_is_sent_whole() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    let deep = |inner: &str| [&"[".repeat(600), inner, &"]".repeat(600)].concat();
    let documents = [&*deep("1"), &*deep("1"), &*deep("2"), "[3]", "[4]"];
    let expected =
        [state(documents[0]), String::new(), state(documents[2]), state("[3]"), patch("[4]")];
    assert_eq!(written(&stream, &memory, &documents), expected);
}

#[test]
fn patches_have_the_type_that_was_given_or_none_and_everything_has_the_id() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    for (event, document) in [(None, "1"), (None, "2"), (Some("n"), "3"), (Some(""), "4")] {
        let event = event.map(|event| EventType::new(event.as_bytes()).unwrap());
        let id = EventId::new(document.as_bytes()).ok();
        let patches = PatchType::new(event).unwrap();
        assert_eq!(stream.send_changes(document.as_bytes(), patches, id), Ok(true));
        assert_eq!(stream.send_changes(document.as_bytes(), patches, id), Ok(true));
    }
    let expected = "id: 1\nevent: state\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\nevent: n\ndata: 3\n\nid: 4\ndata: 4\n\n";
    assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected);
    assert_eq!(PatchType::new(EventType::new(b"state").ok()), Err(IsStateType));
}

#[test]
fn what_was_not_sent_is_not_remembered() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    assert_eq!(written(&stream, &memory, &["{}"]), [state("{}")]);
    memory.interrupts.set(true);
    let document = r#"{"a":1}"#;
    assert_eq!(stream.send_changes(document.as_bytes(), patches(), None), Err(Bailout));
    assert_eq!(stream.send_if_changed(&event("x")), Err(Bailout));
    memory.interrupts.set(false);
    assert_eq!(written(&stream, &memory, &[document, document]), [&*state(document), ""]);
    assert_eq!(stream.send_if_changed(&event("x")), Ok(true));
    assert_eq!(*memory.written.take(), *b"data: x\n\n");
}

#[test]
fn nothing_is_kept_of_a_stream_that_has_stopped() {
    let end: [fn(&Memory, &Stream<&Memory>); 4] = [
        |_, stream| stream.close(),
        |_, stream| stream.stop(StopReason::HandedOff),
        |memory, _| memory.writes_left.set(0),
        |memory, _| memory.reason.set(Some(StopReason::Shutdown)),
    ];
    for end in end {
        let memory = Memory::new(Instant::now());
        let stream = open(&memory, Options::default());
        assert_eq!(written(&stream, &memory, &["1"]), [state("1")]);
        assert_eq!(stream.send_if_changed(&event("x")), Ok(true));
        end(&memory, &stream);
        assert_eq!(stream.send_changes(b"2", patches(), None), Ok(false));
        assert_eq!(stream.send_changes(b"2", patches(), None), Ok(false));
        assert_eq!(stream.send_if_changed(&event("y")), Ok(false));
        assert_eq!(stream.send_if_changed(&event("y")), Ok(false));
        assert_eq!((stream.last_document.take(), stream.last_frame.take()), (None, None));
        assert_eq!(*memory.written.borrow(), b"data: x\n\n", "of {:?}", stream.stop_reason());
    }
}

#[test]
fn a_value_is_sent_if_the_event_differs_from_the_last_one() {
    let memory = Memory::new(Instant::now());
    let stream = open(&memory, Options::default());
    let tick = Event { event: EventType::new(b"tick").ok(), ..event("a") };
    let with_id = Event { id: EventId::new(b"1").ok(), ..event("a") };
    for event in [event("a"), event("a"), tick, tick, event("a"), Event::default(), event("a")] {
        assert_eq!(stream.send_if_changed(&event), Ok(true));
    }
    assert_eq!(stream.send(&event("a")), Ok(true), "another's event is sent in any case");
    assert_eq!(stream.send_if_changed(&event("a")), Ok(true));
    assert_eq!(stream.send_if_changed(&with_id), Ok(true));
    let expected = "data: a\n\nevent: tick\ndata: a\n\ndata: a\n\ndata: a\n\nid: 1\ndata: a\n\n";
    assert_eq!(String::from_utf8_lossy(&memory.written.borrow()), expected);
}

//! Documents of every shape, and a merge that other people wrote.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use merge_patch::{MAX_DEPTH, NotADocument, Patch, apply, diff};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Values that have few names and few leaves, so that two of them have much in common.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        (0..3).prop_map(|number| json!(number)),
        Just(json!(1.0)),
        "[a\"\\\\\u{85}\u{e9}\u{1f600}]{0,2}".prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..4).prop_map(Value::Array),
            3 => btree_map("[ab\"\u{e9}]{1,2}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A document, and another that was made of it by a few changes.
fn pairs() -> impl Strategy<Value = (Value, Value)> {
    let changes = vec((vec("[ab\"\u{e9}]{1,2}", 1..4), proptest::option::of(documents())), 0..4);
    let related = (documents(), changes).prop_map(|(before, changes)| {
        let mut after = before.clone();
        for (path, value) in changes {
            change(&mut after, &path, value);
        }
        (before, after)
    });
    prop_oneof![1 => (documents(), documents()), 3 => related]
}

fn change(document: &mut Value, path: &[String], value: Option<Value>) {
    let (Value::Object(members), [first, rest @ ..]) = (document, path) else { return };
    match (rest, value) {
        ([], Some(value)) => drop(members.insert(first.clone(), value)),
        ([], None) => drop(members.remove(first)),
        (rest, value) => {
            if let Some(member) = members.get_mut(first) {
                change(member, rest, value);
            }
        }
    }
}

/// What RFC 7396 makes of these, by other people.
fn merged_by_others(before: &Value, patch: &str) -> Value {
    let mut document = before.clone();
    let patch = serde_json::from_str(patch).expect("a patch is JSON");
    json_patch::merge(&mut document, &patch);
    document
}

/// Whether any patch can say that, by the RFC's own words: a patch that may say everything says it, or none does.
fn is_expressible(before: &Value, after: &Value) -> bool {
    merged_by_others(before, &greatest(Some(before), after).to_string()) == *after
}

/// The patch that names every member, those that stay and those that go.
fn greatest(before: Option<&Value>, after: &Value) -> Value {
    let Value::Object(new) = after else { return after.clone() };
    let none = Map::new();
    let old = before.and_then(Value::as_object).unwrap_or(&none);
    let mut patch: Map<_, _> = old.keys().map(|name| (name.clone(), Value::Null)).collect();
    for (name, value) in new {
        if old.get(name) == Some(value) {
            // To name it would remove it, or what is null in it.
            patch.remove(name);
        } else {
            patch.insert(name.clone(), greatest(old.get(name), value));
        }
    }
    Value::Object(patch)
}

/// A patch that sets or removes only what differs.
fn assert_minimal(before: &Value, after: &Value, patch: &Value) {
    let (Value::Object(old), Value::Object(new), Value::Object(patch)) = (before, after, patch)
    else {
        return;
    };
    for (name, change) in patch {
        assert_ne!(old.get(name), new.get(name), "{name} has not changed: {patch:?}");
        if let (Some(old), Some(new)) = (old.get(name), new.get(name)) {
            assert_minimal(old, new, change);
        }
    }
}

/// The same document in other words: with spaces, escapes and the members from behind.
fn spelled_otherwise(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let mut spelled = "\"".to_owned();
            for unit in text.encode_utf16() {
                write!(spelled, "\\u{unit:04X}").expect("it fits");
            }
            spelled + "\""
        }
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(spelled_otherwise).collect();
            format!("[ {} ]", values.join(" ,\n"))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let name = spelled_otherwise(&Value::String(name.clone()));
                format!("{name}\t: {}", spelled_otherwise(value))
            };
            let members: Vec<_> = members.iter().rev().map(member).collect();
            format!("\r{{ {} }}", members.join(" , "))
        }
        leaf => leaf.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whoever_applies_the_patch_has_the_document_after((before, after) in pairs()) {
        let (old, new) = (before.to_string(), after.to_string());
        match diff(old.as_bytes(), new.as_bytes()) {
            Ok(Patch::Nothing) => prop_assert_eq!(before, after),
            Ok(Patch::Merge(patch)) => {
                prop_assert_eq!(&merged_by_others(&before, &patch), &after, "by {}", patch);
                let ours = apply(old.as_bytes(), patch.as_bytes()).expect("both are documents");
                let ours: Value = serde_json::from_str(&ours).expect("it is JSON");
                prop_assert_eq!(&ours, &after, "by {}", patch);
                prop_assert_ne!(&before, &after);
                assert_minimal(&before, &after, &serde_json::from_str(&patch).expect("it is JSON"));
            }
            Ok(Patch::Inexpressible) => prop_assert!(!is_expressible(&before, &after)),
            Err(error) => prop_assert!(false, "{} and {}: {}", old, new, error),
        }
    }

    #[test]
    fn any_patch_is_applied_as_by_others((target, patch) in pairs()) {
        let (text, patch) = (target.to_string(), patch.to_string());
        let ours = apply(text.as_bytes(), patch.as_bytes()).expect("both are documents");
        let ours: Value = serde_json::from_str(&ours).expect("it is JSON");
        prop_assert_eq!(ours, merged_by_others(&target, &patch));
    }

    #[test]
    fn other_words_for_the_same_are_no_change((before, after) in pairs()) {
        let (words, others) = (after.to_string(), spelled_otherwise(&after));
        prop_assert_eq!(diff(words.as_bytes(), others.as_bytes()), Ok(Patch::Nothing));
        prop_assert_eq!(diff(others.as_bytes(), words.as_bytes()), Ok(Patch::Nothing));
        let patch = diff(before.to_string().as_bytes(), others.as_bytes());
        if let Ok(Patch::Merge(patch)) = patch {
            prop_assert_eq!(merged_by_others(&before, &patch), after);
        }
    }

    #[test]
    fn what_is_json_is_what_others_say(text in "[-+0-9.eE{}\\[\\]\",:\\\\untrfalse \n\t\u{1}\u{e9}]{0,12}") {
        let ours = apply(text.as_bytes(), b"{}").is_ok();
        // They read no number that a float cannot hold, and no half of a pair: syntax alone is asked for.
        let others = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(ours, others, "{:?}", text);
    }

    #[test]
    fn any_bytes_are_a_document_or_an_error(before in vec(any::<u8>(), 0..64), after in vec(any::<u8>(), 0..64)) {
        let _ = diff(&before, &after);
        let _ = apply(&before, &after);
    }
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    [&open.repeat(depth), inner, &close.repeat(depth)].concat()
}

#[test]
fn documents_may_be_as_deep_as_php_makes_them_on_half_the_stack_of_a_fiber() {
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let deep = small.spawn(assert_as_deep_as_phps).expect("there is a thread");
    deep.join().expect("all of it is so");
}

fn assert_as_deep_as_phps() {
    for (open, close) in [("{\"a\":", "}"), ("[", "]")] {
        let old = nested(open, "1", close, MAX_DEPTH);
        let new = nested(open, "2", close, MAX_DEPTH);
        let patch = diff(old.as_bytes(), new.as_bytes());
        assert_eq!(patch, Ok(Patch::Merge(new.clone())));
        assert_eq!(apply(old.as_bytes(), new.as_bytes()).as_ref(), Ok(&new));
        let deeper = nested(open, "2", close, MAX_DEPTH + 1);
        assert_eq!(diff(new.as_bytes(), deeper.as_bytes()), Err(NotADocument::TooDeep));
        assert_eq!(diff(deeper.as_bytes(), new.as_bytes()), Err(NotADocument::TooDeep));
        assert_eq!(apply(deeper.as_bytes(), b"{}"), Err(NotADocument::TooDeep));
        assert_eq!(diff(deeper.as_bytes(), deeper.as_bytes()), Ok(Patch::Nothing));
        let endless = open.repeat(1_000_000);
        assert_eq!(diff(endless.as_bytes(), b"1"), Err(NotADocument::TooDeep));
    }
}

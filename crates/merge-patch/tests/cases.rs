//! Documents and their patches, as text.

use merge_patch::{NotADocument, Patch, apply, diff};

#[track_caller]
fn becomes(before: &str, after: &str, patch: &str) {
    let told = diff(before.as_bytes(), after.as_bytes());
    assert_eq!(told, Ok(Patch::Merge(patch.to_owned())), "{before} to {after}");
}

#[track_caller]
fn is_unchanged(before: &str, after: &str) {
    assert_eq!(
        diff(before.as_bytes(), after.as_bytes()),
        Ok(Patch::Nothing),
        "{before} to {after}"
    );
}

#[track_caller]
fn cannot_be_told(before: &str, after: &str) {
    let told = diff(before.as_bytes(), after.as_bytes());
    assert_eq!(told, Ok(Patch::Inexpressible), "{before} to {after}");
}

#[test]
fn only_members_that_differ_are_in_a_patch_at_any_depth() {
    becomes(r#"{"a":1,"b":2}"#, r#"{"a":1,"b":3}"#, r#"{"b":3}"#);
    becomes(r#"{"a":1}"#, r#"{"a":1,"b":2,"c":"x"}"#, r#"{"b":2,"c":"x"}"#);
    becomes(r#"{"a":1,"b":2}"#, r#"{"b":2}"#, r#"{"a":null}"#);
    becomes(
        r#"{"a":{"b":{"c":1,"d":2},"e":3},"f":4}"#,
        r#"{"a":{"b":{"c":1,"d":9},"e":3},"f":4}"#,
        r#"{"a":{"b":{"d":9}}}"#,
    );
    becomes(r#"{"a":{"b":1}}"#, r#"{"a":{}}"#, r#"{"a":{"b":null}}"#);
    becomes(r#"{"a":{"b":1}}"#, r#"{"a":7}"#, r#"{"a":7}"#);
}

#[test]
fn an_array_is_one_value() {
    becomes(r#"{"a":[1,2],"b":[3]}"#, r#"{"a":[1,4],"b":[3]}"#, r#"{"a":[1,4]}"#);
    becomes("[1]", "[1,2]", "[1,2]");
    becomes(r#"{"a":1}"#, "[1]", "[1]");
    is_unchanged("[1, {\"a\":2,\"b\":3}]", "[1,{\"b\":3,\"a\":2}]");
}

#[test]
fn scalars_are_replaced() {
    becomes("1", "2", "2");
    becomes("\"a\"", "null", "null");
    becomes("null", "false", "false");
    becomes(r#"{"a":1}"#, "null", "null");
    is_unchanged("null", " null");
}

#[test]
fn an_array_that_php_makes_of_nothing_may_become_an_object() {
    becomes("[]", r#"{"a":1}"#, r#"{"a":1}"#);
    becomes("[]", "{}", "{}");
    becomes("{}", "[]", "[]");
    becomes(r#"{"a":[]}"#, r#"{"a":{}}"#, r#"{"a":{}}"#);
    becomes(r#"{"a":[]}"#, r#"{"a":{"b":1}}"#, r#"{"a":{"b":1}}"#);
    becomes(r#"{"a":{"b":1}}"#, r#"{"a":[]}"#, r#"{"a":[]}"#);
    becomes("{}", r#"{"a":{}}"#, r#"{"a":{}}"#);
}

#[test]
fn a_member_that_becomes_null_cannot_be_told() {
    cannot_be_told(r#"{"a":1}"#, r#"{"a":null}"#);
    cannot_be_told("{}", r#"{"a":null}"#);
    cannot_be_told(r#"{"a":{"b":1}}"#, r#"{"a":{"b":null}}"#);
    cannot_be_told(r#"{"a":1}"#, r#"{"a":{"b":null}}"#);
    cannot_be_told("{}", r#"{"a":{"b":{"c":null}}}"#);
    cannot_be_told("[]", r#"{"a":null}"#);
    cannot_be_told("null", r#"{"a":{"b":null}}"#);
}

#[test]
fn a_member_that_is_null_stays_may_go_and_may_become_something() {
    becomes(r#"{"a":null,"b":1}"#, r#"{"a":null,"b":2}"#, r#"{"b":2}"#);
    becomes(r#"{"a":null}"#, "{}", r#"{"a":null}"#);
    becomes(r#"{"a":null}"#, r#"{"a":{"b":1}}"#, r#"{"a":{"b":1}}"#);
    becomes("{}", r#"{"a":[null,{"b":null}]}"#, r#"{"a":[null,{"b":null}]}"#);
}

#[test]
fn numbers_are_the_text_that_they_are() {
    becomes(r#"{"a":1}"#, r#"{"a":1.0}"#, r#"{"a":1.0}"#);
    becomes(r#"{"a":0}"#, r#"{"a":-0.0}"#, r#"{"a":-0.0}"#);
    let (big, next) = ("123456789012345678901234567890", "123456789012345678901234567891");
    becomes(
        &format!(r#"{{"a":{big}}}"#),
        &format!(r#"{{"a":{next}}}"#),
        &format!(r#"{{"a":{next}}}"#),
    );
    is_unchanged(r#"{"a":1e400}"#, r#"{"a": 1e400}"#);
}

#[test]
fn the_order_of_members_means_nothing_and_that_of_values_does() {
    is_unchanged(r#"{"a":1,"b":{"c":2,"d":3}}"#, r#"{"b":{"d":3,"c":2},"a":1}"#);
    becomes("[1,2]", "[2,1]", "[2,1]");
}

#[test]
fn of_members_with_the_same_name_the_last_one_counts() {
    is_unchanged(r#"{"a":1,"a":2}"#, r#"{"\u0061":2}"#);
    becomes(r#"{"a":1}"#, r#"{"a":7,"a":1,"b":2}"#, r#"{"b":2}"#);
    cannot_be_told(r#"{"a":1}"#, r#"{"a":1,"a":null}"#);
    becomes("{}", r#"{"a":null,"a":1}"#, r#"{"a":1}"#);
}

#[test]
fn names_may_be_anything() {
    becomes(r#"{"":1}"#, r#"{"":2}"#, r#"{"":2}"#);
    becomes(r#"{"__proto__":{"a":1}}"#, r#"{"__proto__":{"a":2}}"#, r#"{"__proto__":{"a":2}}"#);
    let number = r#"{"$serde_json::private::Number":"1"}"#;
    becomes("{}", number, number);
    is_unchanged(r#"{"\ud83d\ude00":1}"#, "{\"\u{1f600}\":1}");
    becomes(r#"{"\ud800":1}"#, r#"{"\ud801":1}"#, r#"{"\ud801":1,"\ud800":null}"#);
    is_unchanged(r#"{"\ud800\u0041\/":1}"#, r#"{"\uD800A/":1}"#);
}

#[test]
fn an_object_of_many_members_is_like_one_of_few() {
    for many in [1, 15, 16, 17, 18, 1000] {
        let object = |skip: usize, extra: &str| {
            let members = (0..many).filter(|n| *n != skip).map(|n| format!("\"{n}\":{n}"));
            let members: Vec<_> = members.chain([format!("\"x\":{extra}")]).collect();
            format!("{{{}}}", members.join(","))
        };
        becomes(&object(many, "1"), &object(0, "2"), r#"{"x":2,"0":null}"#);
        becomes(&object(0, "1"), &object(many, "1"), r#"{"0":0}"#);
        let twice = object(many, "1,\"0\":5");
        becomes(&object(many, "1"), &twice, r#"{"0":5}"#);
    }
}

#[test]
fn members_keep_their_place_and_new_ones_stand_behind() {
    let merged =
        apply(br#"{"b" : [1, 2],"a":{"c":1,"d":2}}"#, br#"{"e":{"f":null},"a":{"c":null},"b":3}"#);
    assert_eq!(merged.as_deref(), Ok(r#"{"b":3,"a":{"d":2},"e":{}}"#));
}

#[test]
fn the_examples_of_the_rfc() {
    let cases = [
        (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
        (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
        (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
        (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
        (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
        (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
        (r#"{"a":"foo"}"#, "null", "null"),
        (r#"{"a":"foo"}"#, "\"bar\"", "\"bar\""),
        (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
        ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
        ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
    ];
    for (target, patch, merged) in cases {
        assert_eq!(
            apply(target.as_bytes(), patch.as_bytes()).as_deref(),
            Ok(merged),
            "{target} {patch}"
        );
    }
}

#[test]
fn what_is_no_json_is_an_error() {
    let texts = [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "01",
        "1.",
        ".5",
        "-",
        "1e",
        "nul",
        "nulls",
        "\"",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12G4\"",
        "{\"a\" 1}",
        "[1 2]",
        "1 2",
        "\u{feff}1",
        "\u{a0}1",
    ];
    for text in texts {
        assert_eq!(diff(text.as_bytes(), b"1"), Err(NotADocument::NotJson), "{text:?}");
        assert_eq!(diff(b"1", text.as_bytes()), Err(NotADocument::NotJson), "{text:?}");
        assert_eq!(apply(b"1", text.as_bytes()), Err(NotADocument::NotJson), "{text:?}");
    }
    assert_eq!(diff(b"\"\xff\"", b"1"), Err(NotADocument::NotJson));
    assert_eq!(NotADocument::NotJson.to_string(), "must be JSON");
    assert_eq!(NotADocument::TooDeep.to_string(), "must be nested at most 512 levels deep");
}

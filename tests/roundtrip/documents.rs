//! Documents, each made of the one before by a few changes.

use serde_json::{Map, Value, json};

use crate::data::Random;

/// Names that somebody might take for something else.
const NAMES: [&str; 12] = [
    "a",
    "b",
    "0",
    "10",
    "",
    "a b",
    "é\u{85}\u{2028}",
    "🙂",
    "\"\\/",
    "__proto__",
    "constructor",
    "$serde_json::private::Number",
];

pub(crate) fn documents(count: usize) -> Vec<Value> {
    let mut random = Random::seeded();
    let mut document = value(&mut random, 0);
    let mut documents = Vec::new();
    for _ in 0..count {
        documents.push(document.clone());
        match random.below(12) {
            0 => document = value(&mut random, 0),
            1 => {}
            _ => (0..=random.below(3)).for_each(|_| change(&mut random, &mut document)),
        }
    }
    documents
}

/// Sets or removes a member somewhere, or replaces what has none.
fn change(random: &mut Random, document: &mut Value) {
    let depth = 2;
    match document {
        Value::Object(members) if !members.is_empty() && random.below(3) > 0 => {
            let place = random.below(members.len());
            if let Some(member) = members.values_mut().nth(place) {
                change(random, member);
            }
        }
        Value::Object(members) if random.below(3) == 0 => {
            members.remove(name(random));
        }
        Value::Object(members) => {
            members.insert(name(random).to_owned(), value(random, depth));
        }
        other => *other = value(random, depth),
    }
}

fn name(random: &mut Random) -> &'static str {
    NAMES[random.below(NAMES.len())]
}

fn value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth < 4 { 12 } else { 6 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(random.below(1000)),
        3 => json!([0.5, -1e-7, 1e300, 9_007_199_254_740_991.0][random.below(4)]),
        4 | 5 => json!(name(random)),
        6 | 7 => (0..random.below(4)).map(|_| value(random, depth + 1)).collect(),
        _ => {
            let member = |random: &mut Random| (name(random).to_owned(), value(random, depth + 1));
            Value::Object((0..random.below(6)).map(|_| member(random)).collect::<Map<_, _>>())
        }
    }
}

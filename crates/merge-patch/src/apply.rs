//! A document and a patch, merged: `MergePatch` of the RFC.

use super::document::{NotADocument, Object, Value};
use super::scanner::parse;

/// Applies a patch. Members that stay have their place and their text; new ones stand behind them.
///
/// # Errors
///
/// [`NotADocument`] if one of them is none.
pub fn apply(target: &[u8], patch: &[u8]) -> Result<String, NotADocument> {
    let (target, patch) = (parse(target)?, parse(patch)?);
    let mut merged = String::new();
    merge(Some(&target), &patch, &mut merged);
    Ok(merged)
}

fn merge(target: Option<&Value>, patch: &Value, merged: &mut String) {
    let Some(changes) = patch.object() else { return merged.push_str(patch.text) };
    let none = Object::default();
    let target = target.and_then(Value::object).unwrap_or(&none);
    merged.push('{');
    let empty = merged.len();
    let begin = |merged: &mut String, key: &str| {
        if merged.len() > empty {
            merged.push(',');
        }
        merged.push_str(key);
        merged.push(':');
    };
    for (place, member) in target.members().iter().enumerate() {
        match changes.get(&member.name, place).map(|change| &change.value) {
            None => {
                begin(merged, member.key);
                merged.push_str(member.value.text);
            }
            Some(change) if change.is_null() => {}
            Some(change) => {
                begin(merged, member.key);
                merge(Some(&member.value), change, merged);
            }
        }
    }
    for (place, change) in changes.members().iter().enumerate() {
        if !change.value.is_null() && target.get(&change.name, place).is_none() {
            begin(merged, change.key);
            merge(None, &change.value, merged);
        }
    }
    merged.push('}');
}

//! The patch between two documents.

use super::document::{NotADocument, Object, Value};
use super::scanner::parse;

/// What a merge patch can say about the way from one document to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch {
    /// They are equal. An empty patch would not say that of an array.
    Nothing,
    /// The patch, as JSON. Members that are equal do not occur in it.
    Merge(String),
    /// No patch leads there: a member has become null, or something new has a member that is. Arrays may have any.
    Inexpressible,
}

/// A patch would remove what is to be null.
struct Inexpressible;

/// Returns the patch that makes one document of another.
///
/// # Errors
///
/// [`NotADocument`] if one of them is none; texts that are the same are not looked at.
pub fn diff(before: &[u8], after: &[u8]) -> Result<Patch, NotADocument> {
    if before == after {
        return Ok(Patch::Nothing);
    }
    let (before, after) = (parse(before)?, parse(after)?);
    let mut patch = String::new();
    let changed = match after.object() {
        // It replaces what there is, whatever that is, null included.
        None if before.is_same(&after) => Ok(false),
        None => {
            patch.push_str(after.text);
            Ok(true)
        }
        Some(_) => value(Some(&before), &after, &mut patch),
    };
    Ok(match changed {
        Ok(false) => Patch::Nothing,
        Ok(true) => Patch::Merge(patch),
        Err(Inexpressible) => Patch::Inexpressible,
    })
}

/// Writes the patch of a value; returns false, and writes anything, if nothing has changed.
fn value(before: Option<&Value>, after: &Value, patch: &mut String) -> Result<bool, Inexpressible> {
    if before.is_some_and(|before| before.text == after.text) {
        return Ok(false);
    }
    let objects = before.and_then(Value::object).zip(after.object());
    if let Some((before, after)) = objects {
        return members(before, after, patch);
    }
    if before.is_some_and(|before| before.is_same(after)) {
        return Ok(false);
    }
    if is_lost(after) {
        return Err(Inexpressible);
    }
    patch.push_str(after.text);
    Ok(true)
}

fn members(before: &Object, after: &Object, patch: &mut String) -> Result<bool, Inexpressible> {
    patch.push('{');
    let empty = patch.len();
    let begin = |patch: &mut String, key: &str| {
        if patch.len() > empty {
            patch.push(',');
        }
        patch.push_str(key);
        patch.push(':');
    };
    for (place, member) in after.members().iter().enumerate() {
        let unchanged = patch.len();
        begin(patch, member.key);
        let old = before.get(&member.name, place).map(|old| &old.value);
        if !value(old, &member.value, patch)? {
            patch.truncate(unchanged);
        }
    }
    for (place, member) in before.members().iter().enumerate() {
        if after.get(&member.name, place).is_none() {
            begin(patch, member.key);
            patch.push_str("null");
        }
    }
    patch.push('}');
    Ok(patch.len() > empty + 1)
}

/// True if a patch of that value would not set it: it removes what is null, also within objects.
fn is_lost(value: &Value) -> bool {
    let in_member = |object: &Object| object.members().iter().any(|member| is_lost(&member.value));
    value.is_null() || value.object().is_some_and(in_member)
}

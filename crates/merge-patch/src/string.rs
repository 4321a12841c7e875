//! Strings without their quotes and escapes, so that two spellings of one name are one.

use std::borrow::Cow;

/// The bytes of a string that stands in quotes and follows the grammar, in UTF-8. Half a surrogate pair, which JSON
/// can spell and UTF-8 cannot, is written as three bytes all the same: two of them stay two.
pub(crate) fn unescaped(quoted: &str) -> Cow<'_, [u8]> {
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inner = inner.unwrap_or_default().as_bytes();
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escape, behind)) = rest.split_first() else { break };
        rest = behind;
        match escape {
            b'u' => push_character(&mut bytes, &mut rest),
            b'b' => bytes.push(0x08),
            b'f' => bytes.push(0x0c),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            itself => bytes.push(itself),
        }
    }
    Cow::Owned(bytes)
}

/// Appends the character whose digits are next, with those of its other half, if it is a pair.
fn push_character(bytes: &mut Vec<u8>, rest: &mut &[u8]) {
    let unit = take_unit(rest);
    let pair = match rest.strip_prefix(b"\\u") {
        Some(mut behind) if (0xd800..0xdc00).contains(&unit) => {
            let second = take_unit(&mut behind);
            (0xdc00..0xe000).contains(&second).then_some((second, behind))
        }
        _ => None,
    };
    let code = match pair {
        Some((second, behind)) => {
            *rest = behind;
            0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00)
        }
        None => unit,
    };
    if let Some(character) = char::from_u32(code) {
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let part = |shift: u32| u8::try_from(code >> shift & 0x3f).unwrap_or_default() | 0x80;
        bytes.extend_from_slice(&[0xed, part(6), part(0)]);
    }
}

/// Takes the four digits of a UTF-16 code unit.
fn take_unit(rest: &mut &[u8]) -> u32 {
    let Some((digits, behind)) = rest.split_at_checked(4) else { return 0 };
    *rest = behind;
    let digit = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or_default();
    digits.iter().fold(0, |unit, next| unit << 4 | digit(next))
}

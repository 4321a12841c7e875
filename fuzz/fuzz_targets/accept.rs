//! Arbitrary fields `Accept-Encoding`: what is chosen was offered, is asked for, and does not hang on what else was
//! offered.

#![no_main]

use content_coding::{Coding, accept};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, &str)| {
    let (offered, field) = input;
    let offered: Vec<_> =
        offered.iter().map(|index| Coding::ALL[usize::from(*index) % 4]).collect();
    let Some(chosen) = accept::choose(Some(field), &offered) else { return };
    assert!(offered.contains(&chosen), "{chosen:?} is not offered");
    let field_in_lower_case = field.to_ascii_lowercase();
    let is_asked_for =
        field_in_lower_case.contains(chosen.token()) || field_in_lower_case.contains('*');
    assert!(is_asked_for, "{chosen:?} is not asked for");
    assert_eq!(accept::choose(Some(field), &[chosen]), Some(chosen));
});

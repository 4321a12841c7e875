//! Arbitrary lives of arbitrary responses, written by workers and by a hub: each decodes to exactly what was written,
//! part by part, and as a whole by decoders of other people.

#![no_main]

use content_coding::Coding;
use libfuzzer_sys::arbitrary::Arbitrary;
use libfuzzer_sys::{arbitrary, fuzz_target};

#[path = "../../crates/content-coding/tests/responses/independent.rs"]
mod independent;
#[path = "../../crates/content-coding/tests/responses/laws.rs"]
mod laws;

/// More steps than this find nothing new, and take long.
const STEPS: usize = 24;

#[derive(Arbitrary, Debug)]
enum Bytes<'a> {
    Some(&'a [u8]),
    /// So many times: what an encoder finds again, beyond any window.
    Repeated(&'a [u8], u16),
    Heartbeat,
}

#[derive(Arbitrary, Debug)]
enum Step<'a> {
    /// Bytes, or a cut; then the end, or a hub.
    Work(Vec<Option<Bytes<'a>>>, bool),
    Publish(Bytes<'a>, bool),
    Alone(u8, Bytes<'a>),
    Upgrade,
    Finish(u8),
    Leave(u8),
}

impl Bytes<'_> {
    fn to_vec(&self) -> Vec<u8> {
        match self {
            Self::Some(bytes) => bytes.to_vec(),
            Self::Repeated(bytes, times) => {
                let length = (bytes.len() * usize::from(*times)).min(300_000);
                bytes.iter().copied().cycle().take(length).collect()
            }
            Self::Heartbeat => b":\n".to_vec(),
        }
    }
}

impl Step<'_> {
    fn to_law(&self) -> laws::Step {
        match self {
            Self::Work(parts, ends) => {
                let part = |part: &Option<Bytes>| {
                    part.as_ref().map_or(laws::Part::Cut, |it| laws::Part::Bytes(it.to_vec()))
                };
                let after = if *ends { laws::After::Finish } else { laws::After::HandOver };
                laws::Step::Work(parts.iter().take(STEPS).map(part).collect(), after)
            }
            Self::Publish(bytes, cuts) => laws::Step::Publish(bytes.to_vec(), *cuts),
            Self::Alone(index, bytes) => laws::Step::Alone((*index).into(), bytes.to_vec()),
            Self::Upgrade => laws::Step::Upgrade,
            Self::Finish(index) => laws::Step::Finish((*index).into()),
            Self::Leave(index) => laws::Step::Leave((*index).into()),
        }
    }
}

fuzz_target!(|input: (u8, Vec<Step>)| {
    let (coding, steps) = input;
    let coding = Coding::ALL[usize::from(coding) % 4];
    let steps: Vec<_> = steps.iter().take(STEPS).map(Step::to_law).collect();
    laws::all_decode_to_what_was_written(coding, &steps);
});

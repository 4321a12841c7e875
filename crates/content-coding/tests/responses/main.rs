//! Whole responses, put together as a worker and a hub do it, decoded part by part by the decoders of the encoders'
//! libraries, and as a whole by those of other people.
//!
//! # Layout
//! * `laws`: what holds for all of them, which a fuzzer checks, too
//! * `independent`: the decoders of other people
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod independent;
mod laws;

use content_coding::{Coding, Decoder, Encoder, SegmentEncoder};
use laws::{After, Part, Step};
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let text = "data: [a-f ]{0,40}\n\n".prop_map(String::into_bytes);
    let board = (any::<u16>(), 1..400usize).prop_map(|(number, rows)| {
        format!("data: <td>{number}</td><td>price</td>\n").repeat(rows).into_bytes()
    });
    let noise = proptest::collection::vec(any::<u8>(), 0..300);
    let long = (any::<u8>(), 1..3u32).prop_map(|(byte, times)| {
        (0..times * 70_000).flat_map(|n| [n.to_le_bytes()[0], n.to_le_bytes()[1] ^ byte]).collect()
    });
    prop_oneof![6 => text, 3 => board, 2 => noise, 2 => Just(b":\n".to_vec()), 1 => Just(b"x".to_vec()), 1 => long]
}

fn step() -> impl Strategy<Value = Step> {
    let part = prop_oneof![4 => bytes().prop_map(Part::Bytes), 1 => Just(Part::Cut)];
    let after = prop_oneof![5 => Just(After::HandOver), 1 => Just(After::Finish)];
    let work = (proptest::collection::vec(part, 0..5), after);
    prop_oneof![
        2 => work.prop_map(|(parts, after)| Step::Work(parts, after)),
        8 => (bytes(), proptest::bool::weighted(0.2)).prop_map(|(bytes, cuts)| Step::Publish(bytes, cuts)),
        2 => (any::<usize>(), bytes()).prop_map(|(index, bytes)| Step::Alone(index, bytes)),
        1 => Just(Step::Upgrade),
        1 => any::<usize>().prop_map(Step::Finish),
        1 => any::<usize>().prop_map(Step::Leave),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn responses_decode_to_what_was_written_however_they_are_put_together(
        steps in proptest::collection::vec(step(), 1..24),
    ) {
        for coding in Coding::ALL {
            laws::all_decode_to_what_was_written(coding, &steps);
        }
    }
}

#[test]
fn who_joins_inside_a_segment_gets_nonsense() {
    // The negative control: a segment's events refer to those before them.
    for coding in Coding::ALL {
        let event = b"data: a long enough event that comes again as it was, and says so again\n\n";
        let (mut shared, mut first, mut second) =
            (SegmentEncoder::new(coding), Vec::new(), Vec::new());
        shared.append(event, &mut first);
        shared.append(event, &mut second);
        let mut decoder = Decoder::new(coding).unwrap();
        let late = decoder.decode(&[coding.head(), &second].concat());
        assert!(late.map_or(true, |decoded| decoded != event), "{coding:?} has no history");
    }
}

#[test]
fn an_empty_response_is_a_whole_one() {
    for coding in Coding::ALL {
        let mut out = Vec::new();
        Encoder::new(coding).finish(&mut out);
        assert_eq!(independent::decode(coding, &out), b"", "{coding:?}: {out:02x?}");
    }
}

#[test]
fn a_damaged_response_is_told() {
    for coding in [Coding::Gzip, Coding::Deflate] {
        let (mut encoder, mut out) = (Encoder::new(coding), Vec::new());
        encoder.append(b"data: x\n\n", &mut out);
        encoder.finish(&mut out);
        let last = out.len() - 6 + 4 * usize::from(coding == Coding::Deflate);
        out[last] ^= 1;
        let mut decoder = Decoder::new(coding).unwrap();
        let result = decoder.decode(&out);
        assert!(result.is_err() || decoder.finish().is_err(), "{coding:?}");
    }
}

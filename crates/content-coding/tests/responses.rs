//! Whole responses, put together as a worker and a hub do it, decoded part by part by the decoders of the encoders'
//! libraries, and as a whole by those of other people.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod independent;

use content_coding::{Checksum, Coding, Decoder, Encoder, Progress, SegmentEncoder, alone};
use proptest::prelude::*;

/// One thing that happens to the responses.
#[derive(Debug, Clone)]
enum Step {
    /// A worker begins one, writes this, and hands it over.
    HandOver(Vec<Vec<u8>>),
    /// All are sent this; if the flag is set, in a new segment, which everybody joins.
    Publish(Vec<u8>, bool),
    /// One is sent this alone.
    Alone(usize, Vec<u8>),
    /// Everybody moves to another program, whose encoder has seen nothing.
    Upgrade,
    /// One ends.
    Finish(usize),
}

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
    prop_oneof![
        2 => proptest::collection::vec(bytes(), 0..4).prop_map(Step::HandOver),
        8 => (bytes(), proptest::bool::weighted(0.2)).prop_map(|(bytes, cuts)| Step::Publish(bytes, cuts)),
        2 => (any::<usize>(), bytes()).prop_map(|(index, bytes)| Step::Alone(index, bytes)),
        1 => Just(Step::Upgrade),
        1 => any::<usize>().prop_map(Step::Finish),
    ]
}

/// One response, and its client.
struct Response {
    coding: Coding,
    progress: Progress,
    is_member: bool,
    written: Vec<u8>,
    expected: Vec<u8>,
    decoder: Decoder,
    decoded: Vec<u8>,
}

impl Response {
    fn handed_over(coding: Coding, before: &[Vec<u8>]) -> Self {
        let decoder = Decoder::new(coding).unwrap();
        let progress = Progress::start(coding);
        let mut response = Self {
            coding,
            progress,
            is_member: false,
            written: Vec::new(),
            expected: Vec::new(),
            decoder,
            decoded: Vec::new(),
        };
        let mut encoder = Encoder::new(coding);
        for bytes in before {
            let mut out = Vec::new();
            encoder.append(bytes, &mut out);
            response.send(&out, bytes);
        }
        let mut out = Vec::new();
        encoder.cut(&mut out);
        response.send(&out, b"");
        response.progress = encoder.progress();
        response
    }

    /// What is written can be decoded at once.
    fn send(&mut self, encoded: &[u8], plain: &[u8]) {
        self.written.extend_from_slice(encoded);
        self.expected.extend_from_slice(plain);
        self.decoded.extend(self.decoder.decode(encoded).unwrap());
        assert!(
            self.decoded == self.expected,
            "{:?}: an event cannot be decoded at once: {} bytes in place of {}, {}",
            self.coding,
            self.decoded.len(),
            self.expected.len(),
            if self.expected.starts_with(&self.decoded) { "all right" } else { "and others" },
        );
    }

    fn send_alone(&mut self, bytes: &[u8]) {
        let mut out = self.progress.end_segment(self.coding).to_vec();
        alone(self.coding, bytes, &mut out);
        self.progress.note(self.coding, Checksum::of(self.coding, bytes));
        self.is_member = false;
        self.send(&out, bytes);
    }

    fn send_shared(&mut self, piece: &[u8], bytes: &[u8]) {
        self.progress.note_open();
        self.progress.note(self.coding, Checksum::of(self.coding, bytes));
        self.send(piece, bytes);
    }

    fn finish(mut self) {
        let mut out = self.progress.end_segment(self.coding).to_vec();
        out.extend(self.progress.last_bytes(self.coding));
        self.send(&out, b"");
        self.decoder.finish().unwrap();
        let theirs = independent::decode(self.coding, &self.written);
        assert!(theirs == self.expected, "{:?}: other people decode something else", self.coding);
    }
}

fn run(coding: Coding, steps: &[Step]) {
    let mut responses: Vec<Response> = Vec::new();
    let mut shared = SegmentEncoder::new(coding);
    for step in steps {
        match step {
            Step::HandOver(before) => responses.push(Response::handed_over(coding, before)),
            Step::Publish(bytes, cuts) => publish(&mut shared, &mut responses, bytes, *cuts),
            Step::Alone(index, bytes) if !responses.is_empty() => {
                let index = index % responses.len();
                responses[index].send_alone(bytes);
            }
            Step::Upgrade => {
                shared = SegmentEncoder::new(coding);
                for response in &mut responses {
                    response.progress = Progress::from_numbers(response.progress.numbers());
                    response.is_member = false;
                }
            }
            Step::Finish(index) if !responses.is_empty() => {
                responses.swap_remove(index % responses.len()).finish();
            }
            Step::Alone(..) | Step::Finish(_) => {}
        }
    }
    responses.into_iter().for_each(Response::finish);
}

fn publish(shared: &mut SegmentEncoder, responses: &mut [Response], bytes: &[u8], cuts: bool) {
    if cuts {
        shared.restart();
    }
    let mut piece = Vec::new();
    shared.append(bytes, &mut piece);
    for response in responses {
        if cuts {
            let end = response.progress.end_segment(response.coding);
            response.send(end, b"");
            response.is_member = true;
        }
        if response.is_member && !bytes.is_empty() {
            response.send_shared(&piece, bytes);
        } else if !bytes.is_empty() {
            response.send_alone(bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn responses_decode_to_what_was_written_however_they_are_put_together(
        steps in proptest::collection::vec(step(), 1..24),
    ) {
        for coding in Coding::ALL {
            run(coding, &steps);
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

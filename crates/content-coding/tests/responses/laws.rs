//! What holds for all responses, however they are put together: after each part the client has all that was written,
//! by the decoders of the encoders' libraries, and in the end by those of other people, too.

use content_coding::{Checksum, Coding, Decoder, Encoder, Progress, SegmentEncoder, alone};

use crate::independent;

/// One thing that happens to the responses.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A worker writes a response.
    Work(Vec<Part>, After),
    /// All are sent this; if the flag is set, in a new segment, which everybody joins.
    Publish(Vec<u8>, bool),
    /// One is sent this alone.
    Alone(usize, Vec<u8>),
    /// Everybody moves to another program, whose encoder has seen nothing.
    Upgrade,
    /// One ends.
    Finish(usize),
    /// One client leaves.
    Leave(usize),
}

/// A part of what a worker writes.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Bytes(Vec<u8>),
    /// It cuts, for a hub that does not take the response after all.
    Cut,
}

/// What becomes of the response of a worker.
#[derive(Debug, Clone, Copy)]
pub(crate) enum After {
    HandOver,
    Finish,
}

/// Does all steps to responses in one coding.
pub(crate) fn all_decode_to_what_was_written(coding: Coding, steps: &[Step]) {
    let mut responses: Vec<Response> = Vec::new();
    let mut shared = SegmentEncoder::new(coding);
    for step in steps {
        let at = |index: &usize| index % responses.len().max(1);
        match step {
            Step::Work(parts, after) => responses.extend(worked(coding, parts, *after)),
            Step::Publish(bytes, cuts) => publish(&mut shared, &mut responses, bytes, *cuts),
            Step::Upgrade => {
                shared = SegmentEncoder::new(coding);
                responses.iter_mut().for_each(Response::move_to_another_program);
            }
            Step::Alone(..) | Step::Finish(_) | Step::Leave(_) if responses.is_empty() => {}
            Step::Alone(index, bytes) => {
                let index = at(index);
                responses[index].send_alone(bytes);
            }
            Step::Finish(index) => responses.swap_remove(at(index)).finish(),
            Step::Leave(index) => drop(responses.swap_remove(at(index))),
        }
    }
    responses.into_iter().for_each(Response::finish);
}

/// The response of a worker, if it goes on.
fn worked(coding: Coding, parts: &[Part], after: After) -> Option<Response> {
    let (mut response, mut encoder) = (Response::new(coding), Encoder::new(coding));
    for part in parts {
        let mut out = Vec::new();
        match part {
            Part::Bytes(bytes) => {
                encoder.append(bytes, &mut out);
                response.send(&out, bytes);
            }
            Part::Cut => {
                encoder.cut(&mut out);
                response.send(&out, b"");
            }
        }
    }
    let mut out = Vec::new();
    match after {
        After::HandOver => {
            encoder.cut(&mut out);
            response.send(&out, b"");
            response.progress = encoder.progress();
            Some(response)
        }
        After::Finish => {
            encoder.finish(&mut out);
            response.send(&out, b"");
            response.check_whole();
            None
        }
    }
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
    fn new(coding: Coding) -> Self {
        Self {
            coding,
            progress: Progress::start(coding),
            is_member: false,
            written: Vec::new(),
            expected: Vec::new(),
            decoder: Decoder::new(coding).unwrap(),
            decoded: Vec::new(),
        }
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

    fn move_to_another_program(&mut self) {
        self.progress = Progress::from_numbers(self.progress.numbers());
        self.is_member = false;
    }

    fn finish(mut self) {
        let mut out = self.progress.end_segment(self.coding).to_vec();
        out.extend(self.progress.last_bytes(self.coding));
        self.send(&out, b"");
        self.check_whole();
    }

    fn check_whole(self) {
        self.decoder.finish().unwrap();
        let theirs = independent::decode(self.coding, &self.written);
        assert!(theirs == self.expected, "{:?}: other people decode something else", self.coding);
    }
}

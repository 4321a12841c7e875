//! A wire with a content coding: whatever is written, by whomever, is decoded as it was written.

use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

use content_coding::{Coding, Decoder, Encoder};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::sapi::response::coding::Encoding;

const FAST_CGI: Framing = Framing::FastCgi { request_id: 1, is_kept: false };

fn encoded(coding: Coding, framing: Framing) -> (Wire, UnixStream) {
    let (wire, theirs) = framed(framing, Duration::from_secs(60));
    wire.encode_with(Encoding { encoder: Encoder::new(coding), pending: Vec::new() });
    (wire, theirs)
}

/// A client that reads only as much as it may.
struct Client {
    allowed: std::sync::Arc<AtomicU64>,
    received: Receiver<Vec<u8>>,
    thread: JoinHandle<()>,
}

impl Client {
    /// As many bytes as there will be.
    const ALL: u64 = u64::MAX;

    fn of(mut theirs: UnixStream) -> Self {
        let allowed = std::sync::Arc::new(AtomicU64::new(0));
        let (sender, received) = channel();
        let limit = std::sync::Arc::clone(&allowed);
        let thread = std::thread::spawn(move || {
            let mut all = Vec::new();
            loop {
                let may = limit.load(Ordering::Acquire).saturating_sub(all.len() as u64);
                let mut some = vec![0; usize::try_from(may.min(3000)).unwrap()];
                match theirs.read(&mut some) {
                    Ok(0) if may > 0 => break,
                    Ok(0) => std::thread::yield_now(),
                    Ok(length) => all.extend_from_slice(&some[..length]),
                    Err(error) => panic!("{error}"),
                }
            }
            sender.send(all).unwrap();
        });
        Self { allowed, received, thread }
    }

    fn may_read(&self, more: u64) {
        let read = |before: u64| Some(before.saturating_add(more));
        self.allowed.fetch_update(Ordering::AcqRel, Ordering::Acquire, read).unwrap();
    }

    /// Runs a write, which may wait for the client: it reads meanwhile.
    fn read_during<R>(&self, write: impl FnOnce() -> R) -> R {
        let before = self.allowed.swap(Self::ALL, Ordering::AcqRel);
        let result = write();
        self.allowed.store(before, Ordering::Release);
        result
    }

    /// All that has come, once the other end is closed.
    fn received(self) -> Vec<u8> {
        self.allowed.store(Self::ALL, Ordering::Release);
        self.thread.join().unwrap();
        self.received.recv().unwrap()
    }
}

/// The body in records of FastCGI, or as it is.
fn body(framing: Framing, mut bytes: &[u8]) -> Vec<u8> {
    if framing != FAST_CGI {
        return bytes.to_vec();
    }
    let mut body = Vec::new();
    while !bytes.is_empty() {
        assert_eq!(bytes[..4], *b"\x01\x06\x00\x01", "{bytes:?}");
        let length = usize::from(u16::from_be_bytes([bytes[4], bytes[5]]));
        assert!(length > 0, "an empty record ends the response");
        body.extend_from_slice(&bytes[8..8 + length]);
        bytes = &bytes[8 + length + usize::from(bytes[6])..];
    }
    body
}

/// A whole response, decoded; it has its last bytes.
fn decoded(coding: Coding, body: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(coding).unwrap();
    let stream = decoder.decode(body).unwrap();
    decoder.finish().unwrap_or_else(|error| panic!("{coding:?}: {error}: {body:?}"));
    stream
}

fn without_heartbeats(stream: &[u8]) -> Vec<u8> {
    let mut rest = stream;
    let mut without = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        without.extend_from_slice(if line == b":\n" { b"" } else { line });
        rest = after;
    }
    without.extend_from_slice(rest);
    without
}

/// Bytes that no coding makes smaller, without an end of a line.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let byte = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b'A' + state.to_be_bytes()[0] % 50
    };
    std::iter::repeat_with(byte).take(length).collect()
}

fn event(length: usize, seed: u64) -> Vec<u8> {
    [b"data: ", &noise(length, seed)[..], b"\n\n"].concat()
}

#[derive(Debug, Clone)]
enum Step {
    Send(usize),
    Echo(usize),
    HalfLine,
    Comment,
    Flush,
    Beat,
    /// The client reads so many bytes more.
    Read(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        prop_oneof![0..40_usize, 5_000..20_000_usize].prop_map(Step::Send),
        (0..3_000_usize).prop_map(Step::Echo),
        Just(Step::HalfLine),
        Just(Step::Comment),
        Just(Step::Flush),
        Just(Step::Beat),
        (0..5_000_u64).prop_map(Step::Read),
    ]
}

fn take(step: &Step, seed: u64, wire: &Wire, client: &Client, written: &mut Vec<u8>) {
    let mut note = |bytes: Vec<u8>| {
        written.extend_from_slice(&bytes);
        bytes
    };
    match step {
        Step::Send(length) => {
            let mut frame = Packet::of(wire.tail().before_frame());
            frame.append(&event(*length, seed));
            note(frame.bytes().to_vec());
            client.read_during(|| wire.write(&mut frame)).unwrap();
        }
        Step::Echo(length) => {
            let bytes = note(event(*length, seed));
            client.read_during(|| wire.echo(&bytes)).unwrap();
        }
        Step::HalfLine => {
            let bytes = note(b"data: half".to_vec());
            client.read_during(|| wire.echo(&bytes)).unwrap();
        }
        Step::Comment => {
            let mut line = Packet::of(wire.tail().before_line());
            line.append(b": a comment\n");
            note(line.bytes().to_vec());
            client.read_during(|| wire.write(&mut line)).unwrap();
        }
        Step::Flush => client.read_during(|| wire.flush()).unwrap(),
        // The client reads no more than it may: what it does not take is the rest of a write.
        Step::Beat => (0..200).for_each(|_| wire.look_after(clock::now())),
        Step::Read(more) => client.may_read(*more),
    }
}

fn codings() -> impl Strategy<Value = (Coding, Framing)> {
    let coding = (0..4_usize).prop_map(|index| Coding::from_index(index).unwrap());
    (coding, prop_oneof![Just(FAST_CGI), Just(Framing::Raw)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_is_decoded_as_it_was_written(
        (coding, framing) in codings(),
        steps in vec(step(), 0..30),
    ) {
        let (wire, theirs) = encoded(coding, framing);
        let client = Client::of(theirs);
        let mut written = Vec::new();
        for (seed, step) in steps.iter().enumerate() {
            take(step, seed as u64, &wire, &client, &mut written);
        }
        client.read_during(|| wire.close());
        wire.look_after(clock::now());
        drop(wire);
        let body = body(framing, &client.received());
        let decoded = without_heartbeats(&decoded(coding, &body));
        prop_assert!(decoded == without_heartbeats(&written), "{coding:?}, {steps:?}");
    }

    #[test]
    fn what_has_arrived_of_a_stream_that_is_cut_can_be_decoded(
        (coding, _) in codings(),
        steps in vec(step(), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let (wire, theirs) = encoded(coding, Framing::Raw);
        let client = Client::of(theirs);
        let mut written = Vec::new();
        for (seed, step) in steps.iter().enumerate() {
            take(step, seed as u64, &wire, &client, &mut written);
        }
        client.read_during(|| wire.flush()).unwrap();
        wire.stop(StopReason::ClientGone);
        wire.close();
        drop(wire);
        let received = client.received();
        let of = |received: &[u8]| Decoder::new(coding).unwrap().decode(received).unwrap();
        let all = of(&received);
        prop_assert!(without_heartbeats(&all) == without_heartbeats(&written), "{coding:?}, {steps:?}");
        let part = of(&received[..cut.index(received.len() + 1)]);
        prop_assert!(all.starts_with(&part), "{coding:?}, {steps:?}");
    }
}

#[test]
fn every_write_can_be_decoded_at_once() {
    for coding in Coding::ALL {
        let (wire, mut theirs) = encoded(coding, Framing::Raw);
        let mut decoder = Decoder::new(coding).unwrap();
        let mut next = || {
            let mut some = [0; 4096];
            let length = theirs.read(&mut some).unwrap();
            decoder.decode(&some[..length]).unwrap()
        };
        wire.write(&mut Packet::of(b"data: x\n\n")).unwrap();
        assert_eq!(next(), b"data: x\n\n", "{coding:?}");
        wire.look_after(clock::now());
        assert_eq!(next(), b":\n", "{coding:?}");
        wire.echo(b"data: echoed\n\n").unwrap();
        assert_eq!(next(), b"data: echoed\n\n", "{coding:?}");
    }
}

#[test]
fn a_heartbeat_that_the_connection_takes_later_is_not_lost_to_the_decoder() {
    for coding in Coding::ALL {
        let (wire, theirs) = encoded(coding, FAST_CGI);
        let client = Client::of(theirs);
        // Until nothing goes out any more: then one is encoded, and waits.
        for _ in 0..100_000 {
            if wire.line.lock().residue.is_empty() {
                wire.look_after(clock::now());
            }
        }
        let waits = wire.line.lock().residue.clone();
        assert!(!waits.is_empty(), "{coding:?}: a heartbeat was lost");
        (0..100).for_each(|_| wire.look_after(clock::now()));
        assert_eq!(wire.line.lock().residue, waits, "{coding:?}: it was encoded again");
        client.read_during(|| wire.write(&mut Packet::of(b"data: x\n\n"))).unwrap();
        client.read_during(|| wire.close());
        drop(wire);
        let decoded = decoded(coding, &body(FAST_CGI, &client.received()));
        let beats = decoded.strip_suffix(b"data: x\n\n").unwrap();
        assert!(beats.chunks(2).all(|beat| beat == b":\n"), "{coding:?}");
    }
}

#[test]
fn a_client_that_was_given_up_gets_no_last_bytes() {
    for coding in Coding::ALL {
        let (wire, mut theirs) = framed(Framing::Raw, Duration::from_millis(20));
        wire.encode_with(Encoding { encoder: Encoder::new(coding), pending: Vec::new() });
        let large = event(1_000_000, 1);
        assert_eq!(wire.write(&mut Packet::of(&large)), Err(StopReason::WriteTimeout));
        let sent = rustix::io::ioctl_fionread(&theirs).unwrap();
        wire.close();
        drop(wire);
        let mut received = Vec::new();
        theirs.read_to_end(&mut received).unwrap();
        assert_eq!(received.len() as u64, sent, "{coding:?}");
        let decoded = Decoder::new(coding).unwrap().decode(&received).unwrap();
        assert!(large.starts_with(&decoded), "{coding:?}");
    }
}

#[test]
fn what_ends_a_response_early_stands_behind_its_last_bytes() {
    for coding in Coding::ALL {
        let (wire, mut theirs) = encoded(coding, FAST_CGI);
        wire.write(&mut Packet::of(b"data: x\n\n")).unwrap();
        wire.conclude(FAST_CGI, b"\x01\x06\x00\x01\x00\x00\x00\x00");
        wire.close();
        let mut received = Vec::new();
        theirs.read_to_end(&mut received).unwrap();
        let records = received.strip_suffix(b"\x01\x06\x00\x01\x00\x00\x00\x00").unwrap();
        assert_eq!(decoded(coding, &body(FAST_CGI, records)), b"data: x\n\n", "{coding:?}");
    }
}

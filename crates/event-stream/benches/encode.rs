//! How fast an event is encoded, beside a naive encoder that looks at each byte, and how fast it is
//! parsed again. All are timed in turn, in one run, and the best of many rounds counts: whatever
//! else the machine does can only slow a round down.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use event_stream::{Event, Parser};

const ROUNDS: usize = 50;
const BYTES_PER_ROUND: usize = 4 * 1024 * 1024;

fn main() {
    let text = |bytes: usize| "The quick brown fox. ".repeat(bytes / 21 + 1)[..bytes].to_owned();
    println!("{:28}{:>12}{:>12}{:>8}{:>12}", "data", "encode", "naive", "ratio", "parse");
    compare("32 B", &text(32));
    compare("1 KB", &text(1024));
    compare("64 KB in 1,000 lines", &(text(64) + "\n").repeat(1000));
    compare("1 MB in one line", &text(1024 * 1024));
    compare("1 MB in one line, not ASCII", &"Žluťoučký kůň. ".repeat(1024 * 1024 / 21));
}

fn compare(name: &str, data: &str) {
    let event = Event { data: Some(data.as_bytes()), ..Event::default() };
    let mut encoded = Vec::new();
    event.encode_into(&mut encoded);
    let mut out = Vec::new();
    encode_naively(data.as_bytes(), &mut out);
    assert!(encoded == out, "both write the same bytes");

    let repeats = u32::try_from(BYTES_PER_ROUND / data.len()).unwrap_or(u32::MAX);
    let mut parser = Parser::new();
    let [mut encode, mut naive, mut parse] = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        // A buffer that is cleared and used again, as that of a stream is.
        encode = encode.min(time(repeats, || {
            out.clear();
            black_box(&event).encode_into(black_box(&mut out));
        }));
        naive = naive.min(time(repeats, || {
            out.clear();
            encode_naively(black_box(data.as_bytes()), black_box(&mut out));
        }));
        parse = parse.min(time(repeats, || {
            let mut events = 0;
            let result = parser.feed(black_box(&encoded), |event| events += event.data.len());
            assert!(result.is_ok() && events == data.len());
        }));
    }
    let ratio = naive.as_secs_f64() / encode.as_secs_f64();
    println!("{name:28}{encode:>12.1?}{naive:>12.1?}{ratio:>7.1}x{parse:>12.1?}");
}

/// The time of one call, on the average over `repeats` of them.
fn time(repeats: u32, mut call: impl FnMut()) -> Duration {
    let started = Instant::now();
    for _ in 0..repeats {
        call();
    }
    started.elapsed() / repeats
}

/// The obvious encoder, a byte at a time.
fn encode_naively(data: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: ");
    let text = String::from_utf8_lossy(data);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' if bytes.peek() == Some(&b'\n') => {}
            b'\r' | b'\n' => out.extend_from_slice(b"\ndata: "),
            other => out.push(other),
        }
    }
    out.extend_from_slice(b"\n\n");
}

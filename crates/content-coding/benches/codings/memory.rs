//! The memory of encoders, as the kernel counts it: of a process that has some, and has encoded a stream with each.
//! What a library has reserved, and never written to, costs nothing.

use std::process::Command;
use std::{env, fs};

use content_coding::{Coding, SegmentEncoder};

use crate::streams::{self, Stream};

const ENCODERS: usize = 32;

/// The word that asks this program for the memory that encoders take, before a coding and a stream.
const ASKS: &str = "memory-of";

/// The memory of one, in kilobytes, and what it says itself.
pub(crate) fn of_an_encoder(stream: &Stream, coding: Coding) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args([ASKS, coding.token(), stream.name]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The coding and the name of the stream that this process is asked for.
pub(crate) fn asked(words: impl Iterator<Item = String>) -> Option<[String; 2]> {
    let mut words = words.skip(1);
    (words.next()? == ASKS).then_some([words.next()?, words.next()?])
}

/// Answers.
pub(crate) fn tell([coding, name]: &[String; 2]) {
    let coding = Coding::from_token(coding).unwrap();
    let stream = streams::all().into_iter().find(|stream| stream.name == name).unwrap();
    let mut out = Vec::with_capacity(1 << 20);
    // Once for what a process has only once.
    let _first = used(&stream, coding, &mut out);
    let before = anonymous("self");
    let encoders: Vec<_> = (0..ENCODERS).map(|_| used(&stream, coding, &mut out)).collect();
    let each = (anonymous("self") - before) / ENCODERS as u64;
    print!("{} ({})", each >> 10, encoders[0].memory() >> 10);
}

fn used(stream: &Stream, coding: Coding, out: &mut Vec<u8>) -> SegmentEncoder {
    let mut encoder = SegmentEncoder::new(coding);
    for event in &stream.events {
        out.clear();
        encoder.append(event, out);
    }
    encoder
}

/// Bytes of memory of a process that belong to no file.
pub(crate) fn anonymous(process: &str) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Anonymous:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

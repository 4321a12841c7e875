//! The encoders of this crate.

use std::hint::black_box;
use std::time::Duration;

use content_coding::{Coding, Decoder, Progress, SegmentEncoder, alone};
use rustix::time::{ClockId, clock_gettime};

use crate::Cost;
use crate::streams::Stream;

const ROUNDS: usize = 5;

/// Events of a segment, as the hub cuts them where clients come.
const SEGMENT: usize = 64;

/// How events become segments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    OneStream,
    Segments,
    Alone,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::OneStream, Self::Segments, Self::Alone];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OneStream => "one stream",
            Self::Segments => "64 events a segment",
            Self::Alone => "each alone",
        }
    }
}

/// The cost of an event, at best.
pub(crate) fn encode(stream: &Stream, coding: Coding, way: Way) -> Cost {
    let (mut best, mut length) = (Duration::MAX, 0);
    for round in 0..ROUNDS {
        if round == 0 {
            let mut all = coding.head().to_vec();
            write(stream, coding, way, |piece| all.extend_from_slice(piece));
            let decoded = Decoder::new(coding).unwrap().decode(&all);
            assert!(decoded.unwrap() == stream.events.concat(), "{coding:?} is damaged");
        }
        length = 0;
        let begun = cpu_time();
        write(stream, coding, way, |piece| length += black_box(piece).len());
        best = best.min(cpu_time().saturating_sub(begun));
    }
    let events = stream.events.len() as f64;
    Cost { bytes: length as f64 / events, microseconds: best.as_secs_f64() * 1e6 / events }
}

/// Into a buffer that is cleared and used again, as that of a stream is.
fn write(stream: &Stream, coding: Coding, way: Way, mut take: impl FnMut(&[u8])) {
    let (mut encoder, mut progress) = (SegmentEncoder::new(coding), Progress::start(coding));
    let mut out = Vec::new();
    for (number, event) in stream.events.iter().enumerate() {
        out.clear();
        if way == Way::Segments && number > 0 && number % SEGMENT == 0 {
            out.extend_from_slice(progress.end_segment(coding));
            encoder.restart();
        }
        if way == Way::Alone {
            alone(coding, event, &mut out);
        } else {
            encoder.append(event, &mut out);
            progress.note_open();
        }
        take(&out);
    }
}

/// Of this thread.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

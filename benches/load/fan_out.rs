//! 1. Events to 100, 1,000 and 10,000 streams, in turn with nchan where that is installed.

use std::io;
use std::time::Duration;

use sse_load::{Counts, Pace};

use crate::hub::Settings;
use crate::nchan::Nchan;
use crate::numbers::{median, short};
use crate::side::{Round, Side, round};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

const EVENTS: u64 = 50;
const ROUNDS: usize = 5;

/// So many streams, and the time from one event to the next.
const LOADS: [(usize, Duration); 3] = [
    (100, Duration::from_millis(20)),
    (1_000, Duration::from_millis(50)),
    (10_000, Duration::from_millis(200)),
];

/// Bytes of the hub's own memory that a stream may take.
const MEMORY: f64 = 1024.0;

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("1. {EVENTS} events of 1 KB to each stream; median of {ROUNDS} rounds, in turn");
    println!("   hub: what holds the streams (nchan: nginx); front: nginx before the hub");
    heading(&[
        "accept ms",
        "lost/rep/late",
        "p50 ms",
        "p99 ms",
        "CPU µs hub",
        "front",
        "B/stream hub",
        "front",
        "clean-up ms",
    ]);
    let nchan = Nchan::start()?;
    for (streams, every) in LOADS {
        // Another one for each, so that its memory begins at its least.
        let stage = Stage::start(&Settings::default(), &[]);
        let sides = [Some(&stage as &dyn Side), nchan.as_ref().map(|nchan| nchan as &dyn Side)];
        let sides: Vec<&dyn Side> = sides.into_iter().flatten().collect();
        let pace = Pace { events: EVENTS, size: 1024, every };
        contest(&sides, streams, pace, promises)?;
        if streams == 10_000 {
            at_once(&sides, streams)?;
        }
    }
    Ok(())
}

/// The number of deliveries a second when no event waits for the one before.
fn at_once(sides: &[&dyn Side], streams: usize) -> io::Result<()> {
    let pace = Pace { events: EVENTS, size: 1024, every: Duration::ZERO };
    println!("  the same {EVENTS} events as fast as they are taken, to {streams} streams:");
    for side in sides {
        let round = round(*side, "at-once", streams, pace)?;
        let rate = round.report.counts.in_order as f64 / round.delivered.as_secs_f64();
        let faults = round.report.counts.faults();
        println!("    {:8}{:>10.0} deliveries a second, {faults} faults", side.name(), rate);
    }
    Ok(())
}

fn contest(
    sides: &[&dyn Side],
    streams: usize,
    pace: Pace,
    promises: &mut Promises,
) -> io::Result<()> {
    let mut rounds: Vec<Vec<Round>> = sides.iter().map(|_| Vec::new()).collect();
    for turn in 0..ROUNDS {
        for (side, rounds) in sides.iter().zip(&mut rounds) {
            rounds.push(round(*side, &format!("round-{streams}-{turn}"), streams, pace)?);
        }
    }
    let results: Vec<Result> = rounds.iter().map(|rounds| Result::of(rounds)).collect();
    for (side, result) in sides.iter().zip(&results) {
        result.print(&format!("{streams} streams, {}", side.name()));
    }
    let [ours, theirs @ ..] = &*results else { return Ok(()) };
    for theirs in theirs {
        ours.print_ratios(theirs);
    }
    let complete = ours.counts.in_order == ROUNDS as u64 * EVENTS * streams as u64;
    promises.note(
        format!("{streams} streams: all events, 0 lost, 0 repeated, 0 out of order"),
        complete && ours.counts.faults() == 0 && ours.counts.ended == 0,
    );
    promises.note(format!("{streams} streams: under 1 KB of hub each"), ours.memory[0] < MEMORY);
    if let [theirs] = theirs
        && streams == 10_000
    {
        promises.note("p99 at 10,000 streams at most nchan's", ours.p99 <= theirs.p99);
    }
    Ok(())
}

/// The rounds of a side, in one. Times are in milliseconds.
struct Result {
    accepted: f64,
    counts: Counts,
    p50: f64,
    p99: f64,
    cpu: [f64; 2],
    memory: [f64; 2],
    cleaned: f64,
}

impl Result {
    fn of(rounds: &[Round]) -> Self {
        let mut counts = Counts::default();
        for round in rounds {
            counts += round.report.counts;
        }
        let of = |value: &dyn Fn(&Round) -> f64| median(rounds.iter().map(value));
        Self {
            counts,
            accepted: of(&|round| round.accepted.as_secs_f64() * 1e3),
            p50: of(&|round| round.report.latency.value_at_quantile(0.5) as f64 / 1e3),
            p99: of(&|round| round.report.latency.value_at_quantile(0.99) as f64 / 1e3),
            cpu: [0, 1].map(|at| of(&|round| round.cpu[at])),
            // The first: later ones find what the first has left.
            memory: rounds[0].memory,
            cleaned: of(&|round| round.cleaned.as_secs_f64() * 1e3),
        }
    }

    fn print(&self, name: &str) {
        let Counts { lost, repeated, late, .. } = self.counts;
        let cells = [
            short(self.accepted),
            format!("{lost}/{repeated}/{late}"),
            short(self.p50),
            short(self.p99),
            short(self.cpu[0]),
            short(self.cpu[1]),
            short(self.memory[0]),
            short(self.memory[1]),
            short(self.cleaned),
        ];
        line(name, &cells);
    }

    fn print_ratios(&self, theirs: &Self) {
        let ratio = |ours: f64, theirs: f64| short(ours / theirs);
        let cells = [
            ratio(self.accepted, theirs.accepted),
            String::new(),
            ratio(self.p50, theirs.p50),
            ratio(self.p99, theirs.p99),
            ratio(self.cpu.iter().sum(), theirs.cpu.iter().sum()),
            "(sum)".to_owned(),
            ratio(self.memory.iter().sum(), theirs.memory.iter().sum()),
            "(sum)".to_owned(),
            ratio(self.cleaned, theirs.cleaned),
        ];
        line("  ratio", &cells);
    }
}

//! 14. A board of 16.7 KB, rendered anew for each event, to 10,000 clients: compressed and not, beside small events.
//!
//! Every client decodes what it gets, as far as others have not got the same bytes at the same place before: see
//! `decoding` of `sse_load`. So the time of an arrival is that of the bytes, and all events are checked.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sse_load::{Conduct, Counts, Crowd, Pace, Payload, Plan, Published, publish_each};

use crate::hub::Settings;
use crate::numbers::short;
use crate::side::{Side, wait_for_streams, wait_until_complete};
use crate::stage::Stage;
use crate::streams::{Board, Random};
use crate::table::{Promises, heading, line};
use crate::usage::Usage;

const STREAMS: usize = 10_000;

/// These come and go meanwhile.
const RESTLESS: usize = 100;
const STAY: Duration = Duration::from_secs(2);

/// Of these, the first are not counted: segments begin with a whole board.
const EVENTS: u64 = 20;
const FIRST: u64 = 5;
const PACE: Pace = Pace { events: EVENTS, size: 100, every: Duration::from_millis(1_500) };

/// What is published, and who may compress it.
struct Kind {
    name: &'static str,
    page: &'static str,
    is_board: bool,
}

const KINDS: [Kind; 3] = [
    Kind { name: "100 B, plain", page: "stream", is_board: false },
    Kind { name: "board, plain", page: "stream", is_board: true },
    Kind { name: "board, zstd", page: "compressed", is_board: true },
];

/// What came of it. Bytes and µs are those of an event, for all clients.
struct Outcome {
    counts: Counts,
    bytes: f64,
    hub: f64,
    front: f64,
    p50: f64,
    p99: f64,
    /// Of each stream, before there are events and behind them.
    memory: [f64; 2],
}

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("14. {EVENTS} boards of 16.7 KB to {STREAMS} streams, while {RESTLESS} come and go");
    println!("   bytes of an event to one client; CPU of an event for all, in ms");
    heading(&[
        "lost/rep/late",
        "B/client",
        "hub ms",
        "nginx ms",
        "p50 ms",
        "p99 ms",
        "B/stream hub",
        "after events",
    ]);
    let mut outcomes = Vec::new();
    for kind in &KINDS {
        let outcome = measure(kind)?;
        let Counts { lost, repeated, late, .. } = outcome.counts;
        let faults = format!("{lost}/{repeated}/{late}");
        let Outcome { bytes, hub, front, p50, p99, memory: [idle, used], .. } = outcome;
        let numbers = [bytes, hub, front, p50, p99, idle, used].map(short);
        line(kind.name, &[&[faults][..], &numbers].concat());
        outcomes.push(outcome);
    }
    let [small, plain, compressed] = &*outcomes else { return Ok(()) };
    judge(small, plain, compressed, promises);
    Ok(())
}

fn judge(small: &Outcome, plain: &Outcome, compressed: &Outcome, promises: &mut Promises) {
    let sound = |it: &Outcome| it.counts.faults() == 0 && it.counts.ended == 0;
    let all = [small, plain, compressed].into_iter().all(sound);
    promises.note("every client has every event, once and in order", all);
    let ratio = plain.bytes / compressed.bytes;
    promises.note(format!("{} : 1 on the wire, at least 150", short(ratio)), ratio >= 150.0);
    let cpu = compressed.hub / small.hub;
    promises.note(
        format!("the hub's CPU is {} times that of small events, at most 1.2", short(cpu)),
        cpu <= 1.2,
    );
    let p99 = compressed.p99 / plain.p99;
    promises.note(format!("p99 is {} of the plain board's, at most 0.5", short(p99)), p99 <= 0.5);
    let more = compressed.memory[1] - plain.memory[1];
    promises.note(
        format!("under 512 B a stream; behind events {} B more than plain", short(more)),
        compressed.memory[0] < 512.0 && more < 128.0,
    );
}

fn measure(kind: &Kind) -> io::Result<Outcome> {
    let stage = Stage::start(&Settings::default(), &[]);
    let (mut producer, published) = (stage.publisher("board")?, Arc::new(Published::default()));
    stage.publisher("warm-up")?.publish("0 0 ")?;
    let usage = || [stage.holder(), stage.front()].map(|pids| Usage::of(&pids));
    let before = usage();
    let [crowd, others] = gather(&stage, kind, &published)?;
    let mut data = data_of(kind);
    let mut publish = |events| {
        let result = publish_each(&mut *producer, Pace { events, ..PACE }, &published, &mut data);
        wait_until_complete(&crowd, STREAMS);
        result
    };
    let idle = usage();
    publish(FIRST)?;
    let (open, bytes) = (usage(), crowd.counts().bytes);
    crowd.forget_latencies();
    publish(EVENTS)?;
    let (after, bytes) = (usage(), crowd.counts().bytes - bytes);
    let shared = shared_memory(&stage);
    others.settle();
    wait_until_complete(&others, RESTLESS);
    let (report, others) = (crowd.disperse()?, others.disperse()?);
    let mut counts = report.counts;
    counts += others.counts;
    let cpu = |of: usize| {
        let cpu = after[of].cpu.saturating_sub(open[of].cpu).as_secs_f64();
        cpu * 1e3 / EVENTS as f64
    };
    let latency = |quantile| report.latency.value_at_quantile(quantile) as f64 / 1e3;
    let memory = |usage: &[Usage; 2], shared| {
        let grown = usage[0].memory.saturating_sub(before[0].memory);
        grown.saturating_sub(shared) as f64 / STREAMS as f64
    };
    let bytes = bytes as f64 / EVENTS as f64 / STREAMS as f64;
    let (p50, p99) = (latency(0.5), latency(0.99));
    let memory = [memory(&idle, 0), memory(&after, shared)];
    Ok(Outcome { counts, bytes, hub: cpu(0), front: cpu(1), p50, p99, memory })
}

/// Those who stay, once all are there, and those who come and go.
fn gather(stage: &Stage, kind: &Kind, published: &Arc<Published>) -> io::Result<[Crowd; 2]> {
    let mut plan = Plan::new(stage.address(), &format!("/{}.php?topic=board", kind.page), STREAMS);
    plan.accepts_zstd = true;
    let crowd = Crowd::gather(&plan, published)?;
    wait_for_streams(&crowd, STREAMS);
    (plan.clients, plan.threads) = (RESTLESS, 1);
    Ok([crowd, Crowd::gather(&plan.conduct(Conduct::Restless(STAY)), published)?])
}

/// What is published: boards, or as many x as small events have.
fn data_of(kind: &Kind) -> impl FnMut(Payload) -> String + use<> {
    let (is_board, mut board, mut random) = (kind.is_board, Board::new(), Random(1));
    move |payload| {
        if is_board {
            return board_of(&mut board, &mut random, payload);
        }
        payload.to_data(PACE.size)
    }
}

/// The next board, behind the two words that say which it is.
fn board_of(board: &mut Board, random: &mut Random, payload: Payload) -> String {
    for _ in 0..3 {
        board.trade(random, usize::try_from(payload.sequence).unwrap_or(0));
    }
    payload.to_data(0) + &board.render()
}

/// What the hub keeps for all: encoders, and events.
fn shared_memory(stage: &Stage) -> u64 {
    let status = stage.hub.status();
    let of = |group: &str, name: &str| status[group][name].as_u64().unwrap();
    of("compression", "memory") + of("backlog", "bytes")
}

//! 4. Clients that come and go at random, while workers are killed.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{io, thread};

use fastrand::Rng;
use rustix::process::{Signal, kill_process};
use server_tests::patience::{wait_for, within};
use sse_load::{Conduct, Counts, Crowd, Flow, Pace, Plan, Published};

use crate::hub::Settings;
use crate::side::{Side, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};
use crate::usage::{Usage, all_descriptors};

const CLIENTS: usize = 1_000;
const CONNECTS: u64 = 20_000;
const PACE: Pace = Pace { events: 1, size: 200, every: Duration::from_millis(10) };

/// A client stays at most this long.
const STAY: Duration = Duration::from_secs(1);

/// A worker is killed whenever this time has passed.
const KILLS: Duration = Duration::from_millis(200);

/// Events that the hub keeps: it has that many before the first half is over, and any client that comes
/// back finds what it has missed among them.
const BACKLOG: u64 = 300;

/// The hub's memory may grow by so many bytes after the first half of it all.
const GROWTH: u64 = 512 * 1024;

const SEED: u64 = 4;

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("4. {CONNECTS} connects by {CLIENTS} clients that abort at random (seed {SEED}),");
    println!("   an event every {:?}, a worker killed with -9 every {KILLS:?}", PACE.every);
    heading(&["connects", "aborted", "events", "lost/rep/late", "resets", "descriptors", "hub KB"]);
    let stage = Stage::start(&Settings { backlog: Some(BACKLOG), ..Settings::default() }, &[]);
    stage.publisher("warm-up")?.publish("0 0 ")?;
    let before = Usage::of(&stage.holder());
    let published = Arc::new(Published::default());
    let first = half(&stage, "first", &published, before.descriptors, promises)?;
    let second = half(&stage, "second", &published, before.descriptors, promises)?;
    let grown = second.memory.saturating_sub(first.memory);
    promises.note(
        format!("the second half leaves {} KB more than the first, under 512", grown / 1024),
        grown < GROWTH,
    );
    Ok(())
}

/// Kills one worker after the other until there were as many connects as in half of it.
fn kill_workers(stage: &Stage, crowd: &Crowd) {
    let mut random = Rng::with_seed(SEED);
    let deadline = Instant::now() + Duration::from_secs(120);
    while crowd.counts().connects < CONNECTS / 2 && Instant::now() < deadline {
        thread::sleep(KILLS);
        if let Some(worker) = random.choice(stage.server.workers()) {
            // It may have gone by itself.
            let _ = kill_process(worker, Signal::KILL);
        }
    }
}

/// Half of it; what the hub uses afterwards.
fn half(
    stage: &Stage,
    name: &str,
    published: &Arc<Published>,
    descriptors: usize,
    promises: &mut Promises,
) -> io::Result<Usage> {
    let flow = Flow::begin(stage.publisher("news")?, PACE, published)?;
    let mut plan = Plan::new(stage.address(), &stage.path("news"), CLIENTS);
    plan.seed = SEED;
    let crowd = Crowd::gather(&plan.conduct(Conduct::Restless(STAY)), published)?;
    kill_workers(stage, &crowd);
    crowd.settle();
    flow.end()?;
    wait_until_complete(&crowd, CLIENTS);
    let complete = crowd.complete();
    let counts = crowd.disperse()?.counts;
    let baseline = wait_for("the hub to let go of all", within(Duration::from_secs(20)), || {
        let open = all_descriptors(&stage.holder());
        (open <= descriptors).then_some(open)
    });
    let usage = Usage::of(&stage.holder());
    let Counts { connects, aborted, in_order, lost, repeated, late, resets, .. } = counts;
    let [connects_shown, aborted] = [connects, aborted].map(|count| count.to_string());
    let [in_order, resets] = [in_order, resets].map(|count| count.to_string());
    let faults = format!("{lost}/{repeated}/{late}");
    let memory = (usage.memory / 1024).to_string();
    let cells = [connects_shown, aborted, in_order, faults, resets, baseline.to_string(), memory];
    line(name, &cells);
    let sound = complete == CLIENTS && counts.faults() == 0 && connects >= CONNECTS / 2;
    promises.note(format!("{name} half: every client complete and in order"), sound);
    Ok(usage)
}

//! 3. Streams through whatever restarts.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{io, thread};

use server_tests::patience::{soon, wait_for};
use server_tests::process::Pid;
use sse_load::{Counts, Crowd, Flow, Pace, Plan, Published};

use crate::hub::Settings;
use crate::numbers::short;
use crate::side::{Side, wait_for_streams, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

const STREAMS: usize = 1_000;

/// After so many requests, a worker is replaced.
const MAX_REQUESTS: &str = "pm.max_requests = 200";

/// Events go on all the time.
const PACE: Pace = Pace { events: 1, size: 200, every: Duration::from_millis(20) };

/// They are watched for this time after each step.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// A supervisor leaves a hub dead for this time.
const DEAD: Duration = Duration::from_millis(300);

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("3. {STREAMS} streams through restarts, an event every {:?}", PACE.every);
    heading(&["ended", "lost/rep/late", "resets", "longest ms"]);
    through_all(promises, &Settings::default(), |stage, crowd, promises| {
        let mut step = |name: &str, happens: &mut dyn FnMut()| {
            let counts = watch(crowd, name, happens);
            let held = counts.ended == 0 && counts.faults() == 0 && counts.in_order > 0;
            promises.note(format!("{name}: no stream ended, no event missed"), held);
        };
        step("FPM reload", &mut || replaced(stage, |stage| stage.server.reload()));
        step("pm.max_requests", &mut || replaced(stage, ask_for_many_pages));
        step("FPM stop and start", &mut || stage.stop_and_start_fpm());
        step("hub upgrade", &mut || stage.hub.upgrade());
        let counts = watch(crowd, "hub killed with -9", &mut || stage.hub.kill());
        note_coming_back("hub killed", &counts, promises);
    })?;
    let supervised = Settings { supervised: true, ..Settings::default() };
    through_all(promises, &supervised, |stage, crowd, promises| {
        let name = "the same, supervised";
        let counts = watch(crowd, name, &mut || {
            stage.hub.kill();
            thread::sleep(DEAD);
            stage.hub.start_again();
        });
        note_coming_back(name, &counts, promises);
    })
}

fn note_coming_back(name: &str, counts: &Counts, promises: &mut Promises) {
    // Who had the last event of the old hub has missed none, and needs no reset.
    let kept = counts.ended >= STREAMS as u64 && counts.faults() == 0;
    promises
        .note(format!("{name}: every client comes back and misses nothing, or is told so"), kept);
}

/// Has streams open, and events flow, while something happens.
fn through_all(
    promises: &mut Promises,
    settings: &Settings,
    happens: impl FnOnce(&mut Stage, &Crowd, &mut Promises),
) -> io::Result<()> {
    let mut stage = Stage::start(settings, &[MAX_REQUESTS]);
    let published = Arc::new(Published::default());
    let flow = Flow::begin(stage.publisher("news")?, PACE, &published)?;
    let plan = Plan::new(stage.address(), &stage.path("news"), STREAMS);
    let crowd = Crowd::gather(&plan, &published)?;
    wait_for_streams(&crowd, STREAMS);
    happens(&mut stage, &crowd, promises);
    let doubts = flow.end()?;
    wait_until_complete(&crowd, STREAMS);
    promises.note("every client is complete to the last event", crowd.complete() == STREAMS);
    println!("  ({doubts} events could not be published while there was no hub)");
    crowd.disperse()?;
    Ok(())
}

/// Counts while it happens, and a while afterwards.
fn watch(crowd: &Crowd, name: &str, happens: &mut dyn FnMut()) -> Counts {
    let before = crowd.counts();
    crowd.forget_latencies();
    happens();
    let until = Instant::now() + AFTERWARDS;
    let done = || crowd.counts().open == STREAMS as u64 && Instant::now() > until;
    wait_for("all streams to be open", soon(), || done().then_some(()));
    let counts = crowd.counts() - before;
    let Counts { ended, lost, repeated, late, resets, .. } = counts;
    let faults = format!("{lost}/{repeated}/{late}");
    let longest = short(crowd.longest_latency().as_secs_f64() * 1e3);
    line(name, &[ended.to_string(), faults, resets.to_string(), longest]);
    counts
}

/// Has something done that replaces all workers, and waits until it has.
fn replaced(stage: &Stage, does: impl Fn(&Stage)) {
    let before: Vec<Pid> = stage.server.workers();
    does(stage);
    wait_for("all workers to be others", soon(), || {
        let now = stage.server.workers();
        (now.len() == before.len() && now.iter().all(|pid| !before.contains(pid))).then_some(())
    });
}

fn ask_for_many_pages(stage: &Stage) {
    for _ in 0..1_000 {
        stage.server.get("/page.php");
    }
}

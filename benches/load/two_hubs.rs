//! 5. Two hubs on one Redis, which is killed twice.

use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use server_tests::redis::Redis;
use sse_load::{Crowd, Flow, Pace, Plan, Published, Report, publish};

use crate::hub::Settings;
use crate::numbers::short;
use crate::side::{Side, wait_for_streams, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

/// To each hub.
const STREAMS: usize = 1_000;
const PACE: Pace = Pace { events: 50, size: 1024, every: Duration::from_millis(100) };

/// There is no Redis for this time.
const DOWN: Duration = Duration::from_secs(1);

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("5. {} streams on two hubs, from publish to client", 2 * STREAMS);
    heading(&["p50 ms", "p99 ms", "lost/rep/late", "ended", "doubtful"]);
    let embedded = Stage::start(&Settings::default(), &[]);
    let one = print("embedded, one hub", &calm(&[&embedded, &embedded], promises)?, 0);

    let mut redis = Redis::start(&[]);
    let settings = Settings { redis: Some(redis.url()), ..Settings::default() };
    let stages = [Stage::start(&settings, &[]), Stage::start(&settings, &[])];
    let two = print("Redis, two hubs", &calm(&stages.each_ref(), promises)?, 0);
    line("  ratio Redis/embedded", &[two.0 / one.0, two.1 / one.1].map(short));
    killed(&stages, &mut redis, promises)
}

/// Events to the streams of two stages while nothing happens.
fn calm(stages: &[&Stage; 2], promises: &mut Promises) -> io::Result<Report> {
    let published = Arc::new(Published::default());
    let crowds = gather(stages, "calm", &published)?;
    publish(&mut stages[0].publisher("calm")?, PACE, &published)?;
    disperse(crowds, promises)
}

/// The same while Redis is killed and restarted twice.
fn killed(stages: &[Stage; 2], redis: &mut Redis, promises: &mut Promises) -> io::Result<()> {
    let published = Arc::new(Published::default());
    let crowds = gather(&stages.each_ref(), "killed", &published)?;
    let flow = Flow::begin(stages[0].publisher("killed")?, PACE, &published)?;
    for _ in 0..2 {
        thread::sleep(DOWN);
        redis.kill();
        thread::sleep(DOWN);
        redis.start_again();
    }
    thread::sleep(DOWN);
    let doubts = flow.end()?;
    let report = disperse(crowds, promises)?;
    print("Redis killed twice", &report, doubts);
    promises.note("no stream ended while there was no Redis", report.counts.ended == 0);
    promises.note("publish() told that there was none", doubts > 0);
    Ok(())
}

fn gather(stages: &[&Stage; 2], topic: &str, published: &Arc<Published>) -> io::Result<Vec<Crowd>> {
    let crowds = stages.iter().map(|stage| {
        let mut plan = Plan::new(stage.address(), &stage.path(topic), STREAMS);
        plan.threads = 1;
        let crowd = Crowd::gather(&plan, published)?;
        wait_for_streams(&crowd, STREAMS);
        Ok(crowd)
    });
    crowds.collect()
}

fn disperse(crowds: Vec<Crowd>, promises: &mut Promises) -> io::Result<Report> {
    let mut sum: Option<Report> = None;
    let mut complete = 0;
    for crowd in crowds {
        wait_until_complete(&crowd, STREAMS);
        complete += crowd.complete();
        let report = crowd.disperse()?;
        if let Some(sum) = &mut sum {
            sum.counts += report.counts;
            sum.latency.add(report.latency).map_err(io::Error::other)?;
        } else {
            sum = Some(report);
        }
    }
    let report = sum.ok_or(io::ErrorKind::InvalidInput)?;
    let sound = complete == 2 * STREAMS && report.counts.faults() == 0;
    promises.note("every client's sequence is complete and in order", sound);
    Ok(report)
}

/// Prints, and gives p50 and p99 in milliseconds.
fn print(name: &str, report: &Report, doubts: u64) -> (f64, f64) {
    let at = |quantile| report.latency.value_at_quantile(quantile) as f64 / 1e3;
    let counts = report.counts;
    let faults = format!("{}/{}/{}", counts.lost, counts.repeated, counts.late);
    let cells =
        [short(at(0.5)), short(at(0.99)), faults, counts.ended.to_string(), doubts.to_string()];
    line(name, &cells);
    (at(0.5), at(0.99))
}

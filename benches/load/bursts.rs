//! 10. Bursts: all at once, or faster than anybody reads all the time. Nobody who reads is dropped.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sse_load::{Crowd, Pace, Plan, Published, publish};

use crate::hub::Settings;
use crate::numbers::short;
use crate::side::{Side, wait_for_streams, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};
use crate::usage::Usage;

const STREAMS: usize = 100;

/// As fast as they are taken.
const LARGE: Pace = Pace { events: 12, size: 1_000_000, every: Duration::ZERO };

/// In six seconds.
const SMALL: Pace = Pace { events: 10_000, size: 100, every: Duration::from_micros(600) };

/// The same at once, to fewer.
const AT_ONCE: Pace = Pace { every: Duration::ZERO, ..SMALL };

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("10. Bursts to {STREAMS} streams");
    heading(&["dropped", "ended", "lost/rep/late", "resets", "longest ms", "hub KB"]);
    burst("12 of 1 MB at once", LARGE, promises)?;
    burst("10,000 small in 6 s", SMALL, promises)?;
    burst("10,000 small at once", AT_ONCE, promises)
}

fn burst(name: &str, pace: Pace, promises: &mut Promises) -> io::Result<()> {
    let stage = Stage::start(&Settings::default(), &[]);
    let mut producer = stage.publisher("burst")?;
    let published = Arc::new(Published::default());
    let plan = Plan::new(stage.address(), &stage.path("burst"), STREAMS);
    let crowd = Crowd::gather(&plan, &published)?;
    wait_for_streams(&crowd, STREAMS);
    publish(&mut *producer, pace, &published)?;
    wait_until_complete(&crowd, STREAMS);
    let (complete, longest) = (crowd.complete(), crowd.longest_latency());
    let memory = Usage::of(&stage.holder()).memory / 1024;
    let status = stage.hub.status();
    let dropped: u64 = ["droppedSlow", "droppedStalled"].map(|it| number(&status, it)).iter().sum();
    let counts = crowd.disperse()?.counts;
    let faults = format!("{}/{}/{}", counts.lost, counts.repeated, counts.late);
    let [dropped_shown, ended, resets, memory] =
        [dropped, counts.ended, counts.resets, memory].map(|count| count.to_string());
    let longest = short(longest.as_secs_f64() * 1e3);
    line(name, &[dropped_shown, ended, faults, resets, longest, memory]);
    let sound = complete == STREAMS && counts.faults() == 0 && counts.ended == 0;
    promises.note(format!("{name}: every client has all of it"), sound);
    promises.note(format!("{name}: nobody is dropped, nobody is told reset"), {
        dropped == 0 && counts.resets == 0
    });
    Ok(())
}

fn number(status: &serde_json::Value, name: &str) -> u64 {
    status[name].as_u64().unwrap()
}

//! 13. A hub in a PID namespace of its own, as in a container, and PHP in another.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sse_load::{Crowd, Pace, Plan, Published, publish};

use crate::hub::Settings;
use crate::numbers::short;
use crate::side::{Side, wait_for_streams, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

const STREAMS: usize = 1_000;
const PACE: Pace = Pace { events: 50, size: 1024, every: Duration::from_millis(100) };

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("13. {STREAMS} streams on a hub in another PID namespace, from publish to client");
    heading(&["p50 ms", "p99 ms", "lost/rep/late", "ended"]);
    let settings = Settings { contained: true, supervised: true, ..Settings::default() };
    let stage = Stage::start(&settings, &[]);
    let published = Arc::new(Published::default());
    let mut plan = Plan::new(stage.address(), &stage.path("contained"), STREAMS);
    plan.threads = 1;
    let crowd = Crowd::gather(&plan, &published)?;
    wait_for_streams(&crowd, STREAMS);
    publish(&mut stage.publisher("contained")?, PACE, &published)?;
    wait_until_complete(&crowd, STREAMS);
    let complete = crowd.complete();
    let report = crowd.disperse()?;
    let at = |quantile| short(report.latency.value_at_quantile(quantile) as f64 / 1e3);
    let counts = report.counts;
    let faults = format!("{}/{}/{}", counts.lost, counts.repeated, counts.late);
    line("two PID namespaces", &[at(0.5), at(0.99), faults, counts.ended.to_string()]);
    let sound = complete == STREAMS && counts.faults() == 0 && counts.ended == 0;
    promises.note("a hub in another PID namespace serves every client", sound);
    Ok(())
}

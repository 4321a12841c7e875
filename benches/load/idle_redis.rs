//! 12. Two hubs on a Redis that closes idle connections after a second, and all of them before each event.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use server_tests::redis::Redis;
use sse_load::{Counts, Crowd, Flow, Pace, Plan, Publish, Published};

use crate::hub::Settings;
use crate::side::{Side, wait_for_streams, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

/// To each hub.
const STREAMS: usize = 100;

const TOPIC: &str = "news";

/// Longer than Redis lets a connection be idle.
const PACE: Pace = Pace { events: 1, size: 200, every: Duration::from_millis(1300) };

const LASTS: Duration = Duration::from_secs(20);

/// A publisher before each of whose events all connections are closed.
struct Cut {
    producer: Box<dyn Publish + Send>,
    redis: Arc<Redis>,
}

impl Publish for Cut {
    fn publish(&mut self, data: &str) -> io::Result<()> {
        let killed = self.redis.command(&["CLIENT", "KILL", "TYPE", "normal"]).output()?;
        assert!(killed.status.success(), "{killed:?}");
        self.producer.publish(data)
    }
}

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("12. Redis closes idle connections; two hubs with {} streams", 2 * STREAMS);
    heading(&["events", "failed", "lost/rep/late", "resets"]);
    let redis = Arc::new(Redis::start(&["--appendfsync", "no", "--timeout", "1"]));
    let settings = Settings { redis: Some(redis.url()), ..Settings::default() };
    let stages = [Stage::start(&settings, &[]), Stage::start(&settings, &[])];
    let published = Arc::new(Published::default());
    let mut crowds = Vec::new();
    for stage in &stages {
        let mut plan = Plan::new(stage.address(), &stage.path(TOPIC), STREAMS);
        plan.threads = 1;
        let crowd = Crowd::gather(&plan, &published)?;
        wait_for_streams(&crowd, STREAMS);
        crowds.push(crowd);
    }
    let producer = stages[0].publisher(TOPIC)?;
    let flow = Flow::begin(Cut { producer, redis: Arc::clone(&redis) }, PACE, &published)?;
    std::thread::sleep(LASTS);
    let failed = flow.end()?;
    let (mut counts, mut complete) = (Counts::default(), 0);
    for crowd in crowds {
        wait_until_complete(&crowd, STREAMS);
        complete += crowd.complete();
        counts += crowd.disperse()?.counts;
    }
    let Counts { lost, repeated, late, resets, .. } = counts;
    let faults = format!("{lost}/{repeated}/{late}");
    let numbers = [published.count(), failed, resets].map(|number| number.to_string());
    let [events, failures, told] = numbers;
    line("closed", &[events, failures, faults, told]);
    promises.note("no publish() fails where Redis closes connections", failed == 0);
    let all = complete == 2 * STREAMS && counts.faults() == 0 && resets == 0;
    promises.note("nothing is lost, repeated or reset where Redis closes connections", all);
    Ok(())
}

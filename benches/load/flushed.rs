//! 8. Two hubs on one Redis, which somebody empties again and again, as Laravel's `cache:clear` does.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{io, thread};

use server_tests::redis::Redis;
use sse_load::{Counts, Crowd, Flow, Pace, Plan, Publish, Published};

use crate::hub::Settings;
use crate::producer::Producer;
use crate::side::{Side, wait_for_streams, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

/// Of each topic, to each hub.
const STREAMS: usize = 100;
const TOPICS: [&str; 2] = ["news", "prices"];
const PACE: Pace = Pace { events: 1, size: 200, every: Duration::from_millis(1) };

const FLUSHES: usize = 20;
const BETWEEN: Duration = Duration::from_millis(300);

/// The ids that publishers were answered.
type Ids = Arc<Mutex<Vec<String>>>;

/// A publisher whose ids are noted.
struct Noted {
    producer: Producer,
    topic: &'static str,
    ids: Ids,
}

impl Publish for Noted {
    fn publish(&mut self, data: &str) -> io::Result<()> {
        let id = self.producer.publish_for_id(self.topic, data)?;
        self.ids.lock().unwrap().push(id);
        Ok(())
    }
}

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("8. FLUSHDB, {FLUSHES} times, on two hubs with {} streams", 4 * STREAMS);
    heading(&["events", "doubtful", "lost/rep/late", "resets", "ids twice"]);
    let redis = Redis::start(&["--appendfsync", "no"]);
    let settings = Settings { redis: Some(redis.url()), ..Settings::default() };
    let stages = [Stage::start(&settings, &[]), Stage::start(&settings, &[])];
    let (ids, mut crowds, mut flows) = (Ids::default(), Vec::new(), Vec::new());
    for (topic, publishes) in TOPICS.into_iter().zip(&stages) {
        let published = Arc::new(Published::default());
        for stage in &stages {
            let mut plan = Plan::new(stage.address(), &stage.path(topic), STREAMS);
            plan.threads = 1;
            let crowd = Crowd::gather(&plan, &published)?;
            wait_for_streams(&crowd, STREAMS);
            crowds.push(crowd);
        }
        let (producer, ids) = (publishes.producer()?, Arc::clone(&ids));
        flows.push(Flow::begin(Noted { producer, topic, ids }, PACE, &published)?);
    }
    for _ in 0..FLUSHES {
        thread::sleep(BETWEEN);
        assert!(redis.command(&["FLUSHDB"]).output()?.status.success());
    }
    thread::sleep(BETWEEN);
    let doubts = flows.into_iter().map(Flow::end).sum::<io::Result<u64>>()?;
    let (mut counts, mut complete) = (Counts::default(), 0);
    for crowd in crowds {
        wait_until_complete(&crowd, STREAMS);
        complete += crowd.complete();
        counts += crowd.disperse()?.counts;
    }
    report(&ids.lock().unwrap(), doubts, &counts, promises);
    let told = complete == 4 * STREAMS && counts.faults() == 0;
    promises.note("nothing is lost in silence", told);
    promises.note("every stream is told of every loss", counts.resets > 0);
    Ok(())
}

fn report(ids: &[String], doubts: u64, counts: &Counts, promises: &mut Promises) {
    let twice = ids.len() - ids.iter().collect::<HashSet<_>>().len();
    let Counts { lost, repeated, late, resets, .. } = counts;
    let faults = format!("{lost}/{repeated}/{late}");
    let numbers = [ids.len() as u64, doubts].map(|number| number.to_string());
    let [events, doubts] = numbers;
    line("FLUSHDB", &[events, doubts, faults, resets.to_string(), twice.to_string()]);
    promises.note(
        "no id is given twice, and those of a stream grow",
        twice + usize::from(counts.bad_ids > 0) == 0,
    );
}

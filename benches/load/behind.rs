//! 7. A hub that comes back behind Redis: clients have missed what only Redis has, and newcomers ask for
//!    what nobody has.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use server_tests::redis::Redis;
use sse_load::{Counts, Crowd, Pace, Payload, Plan, Publish, Published, now, publish};

use crate::hub::Settings;
use crate::numbers::short;
use crate::side::{Side, wait_for_streams};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};
use crate::usage::peak;

const CLIENTS: usize = 1_000;
const NEWCOMERS: usize = 100;

/// So many entries come while there is no hub, and the clients follow every so many-th of them.
const ENTRIES: u64 = 50_000;
const EVERY: u64 = 1_000;

/// Until when all have to be live, and what the hub may take then.
const LIVE: Duration = Duration::from_secs(10);
const MEMORY: u64 = 256 << 20;

/// Until when something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Entries of 200 bytes; every so many-th is of a sequence that is checked, and is numbered.
const FILL: &str = r"
for number = 1, ARGV[1] do
    local topic, data = 'busy', string.rep('x', 200)
    if number % ARGV[2] == 0 then
        topic, data = 'quiet', string.format('%d %s ', ARGV[3] + number / ARGV[2] - 1, ARGV[4])
    end
    redis.call('XADD', 'sse', '*', 'topic', topic, 'data', data)
end";

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("7. a hub comes back: {CLIENTS} clients, {ENTRIES} entries behind");
    heading(&["live s", "missed", "lost/rep/late", "resets", "hub MB"]);
    let redis = Redis::start(&[]);
    let settings = Settings { redis: Some(redis.url()), supervised: true, ..Settings::default() };
    let mut stage = Stage::start(&settings, &[]);
    let published = Arc::new(Published::default());
    let plan = Plan::new(stage.address(), &stage.path("quiet"), CLIENTS);
    let crowd = Crowd::gather(&plan, &published)?;
    wait_for_streams(&crowd, CLIENTS);
    let mut producer = stage.publisher("quiet")?;
    // So that each has a position.
    let first = Pace { events: 1, size: 0, every: Duration::ZERO };
    publish(&mut producer, first, &published)?;
    complete(&crowd, "the first event");

    stage.hub.kill();
    fill(&redis, &published);
    let begun = Instant::now();
    stage.hub.start_again();
    let path = format!("{}&lastEventId=1-1", stage.path("quiet"));
    let newcomers = Crowd::gather(&Plan::new(stage.address(), &path, NEWCOMERS), &published)?;
    complete(&crowd, "what was missed");
    let live = begun.elapsed();
    let memory = peak(stage.hub.pid());
    wait_for_streams(&newcomers, NEWCOMERS);
    let last = Payload { sequence: published.begin(), published: now() };
    producer.publish(&last.to_data(0))?;
    complete(&crowd, "what is new");

    newcomers.disperse()?;
    report(live, memory, &crowd.disperse()?.counts, promises);
    Ok(())
}

fn report(live: Duration, memory: u64, counts: &Counts, promises: &mut Promises) {
    let faults = format!("{}/{}/{}", counts.lost, counts.repeated, counts.late);
    let missed = ENTRIES / EVERY;
    let cells = [
        short(live.as_secs_f64()),
        missed.to_string(),
        faults,
        counts.resets.to_string(),
        short(memory as f64 / f64::from(1 << 20)),
    ];
    line("restart", &cells);
    promises.note(format!("all are live within {LIVE:?}"), live < LIVE);
    promises.note(format!("the hub takes less than {} MB", MEMORY >> 20), memory < MEMORY);
    let whole = counts.faults() == 0 && counts.resets == 0;
    promises.note("every client has got all that it has missed, once and in order", whole);
}

/// Adds the entries to Redis, as hubs of other machines do.
fn fill(redis: &Redis, published: &Published) {
    let sequence = published.count();
    for _ in 0..ENTRIES / EVERY {
        published.begin();
    }
    let numbers = [ENTRIES, EVERY, sequence, now()].map(|number| number.to_string());
    let words = [&["EVAL", FILL, "0"][..], &numbers.each_ref().map(String::as_str)].concat();
    let output = redis.command(&words).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "", "Redis has filled its stream");
}

/// Waits until all clients are connected and have everything.
fn complete(crowd: &Crowd, what: &str) {
    let begun = Instant::now();
    while crowd.complete() < CLIENTS {
        let counts = crowd.counts();
        assert!(
            begun.elapsed() < PATIENCE,
            "{what}: {} are complete, {counts:?}",
            crowd.complete()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

//! 6. Topics on which hardly anything happens, beside one on which much does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{env, io};

use server_tests::patience::{wait_for, within};
use sse_load::{Conduct, Counts, Crowd, Pace, Payload, Plan, Published, now};

use crate::hub::Settings;
use crate::producer::Producer;
use crate::side::{Side, wait_until_complete};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

/// The number of clients, unless the environment says otherwise.
const CLIENTS: usize = 10_000;
const CLIENTS_VARIABLE: &str = "QUIET_CLIENTS";

const TOPICS: usize = 100;

/// An event of each topic in ten seconds: a minute, six times as fast.
const EACH: Duration = Duration::from_secs(10);

/// The topic that nobody here follows has as many as make the hub forget all it keeps within seconds.
const BUSY: Pace = Pace { events: 1, size: 2000, every: Duration::from_millis(5) };
const KEPT: u64 = 2 * 1024 * 1024;

/// A connection stands at most this long before it is cut.
const CUT: Duration = Duration::from_secs(10);

/// Each part of it takes this time.
const WHILE: Duration = Duration::from_secs(12);

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    let clients = env::var(CLIENTS_VARIABLE).ok().and_then(|it| it.parse().ok()).unwrap_or(CLIENTS);
    println!(
        "6. {clients} clients on {TOPICS} quiet topics, an event of each in {EACH:?}: half of them"
    );
    println!("   cut within {CUT:?}, half ended by the hub within 5 s (max_lifetime)");
    heading(&["ended", "cut", "events", "lost/rep/late", "resets", "positions"]);
    let settings = Settings { bytes: Some(KEPT), ..Settings::default() };
    let mut stage = Stage::start(&settings, &[]);
    let topics: Vec<Arc<Published>> = (0..TOPICS).map(|_| Arc::default()).collect();
    let flow = QuietFlow::begin(stage.producer()?, &topics)?;
    let busy = sse_load::Flow::begin(stage.publisher("busy")?, BUSY, &Arc::default())?;
    let plan = |page: &str| {
        Plan::new(stage.address(), &format!("/{page}.php?topic=quiet-{{}}"), clients / 2)
    };
    let crowds = [
        Crowd::gather_on(&plan("stream").conduct(Conduct::Restless(CUT)), &topics)?,
        Crowd::gather_on(&plan("rotated"), &topics)?,
    ];
    watch("cut and rotated", &crowds, clients, promises, false, || {});
    watch("hub upgraded", &crowds, clients, promises, false, || stage.hub.upgrade());
    watch("hub killed with -9", &crowds, clients, promises, true, || {
        stage.hub.kill();
        stage.hub.start_again();
    });
    busy.end()?;
    let doubts = flow.end()?;
    println!("  ({doubts} events could not be published while there was no hub)");
    judge(crowds, clients, promises)
}

/// When all has been published: whether each client has all of it.
fn judge(crowds: [Crowd; 2], clients: usize, promises: &mut Promises) -> io::Result<()> {
    crowds[0].settle();
    for crowd in &crowds {
        wait_until_complete(crowd, clients / 2);
    }
    let complete: usize = crowds.iter().map(Crowd::complete).sum();
    // Of those that are ended by the hub, some are always on their way back.
    promises.note(
        format!("{complete} of {clients} clients are complete, of all but 5 %"),
        complete * 20 >= clients * 19,
    );
    let mut counts = Counts::default();
    for crowd in crowds {
        counts += crowd.disperse()?.counts;
    }
    promises.note(format!("{} events lost in silence", counts.lost), counts.lost == 0);
    promises.note("every event once and in order", counts.faults() == 0);
    Ok(())
}

/// Counts while something happens, and a while afterwards.
fn watch(
    name: &str,
    crowds: &[Crowd; 2],
    clients: usize,
    promises: &mut Promises,
    may_reset: bool,
    happens: impl FnOnce(),
) {
    let sum = || {
        let mut sum = Counts::default();
        for crowd in crowds {
            sum += crowd.counts();
        }
        sum
    };
    let before = sum();
    happens();
    let until = Instant::now() + WHILE;
    wait_for("most streams to be open", within(Duration::from_secs(120)), || {
        (sum().open * 10 >= clients as u64 * 8 && Instant::now() >= until).then_some(())
    });
    let counts = sum() - before;
    let Counts { ended, aborted, in_order, lost, repeated, late, resets, positions, .. } = counts;
    let [ended, aborted, in_order] = [ended, aborted, in_order].map(|count| count.to_string());
    let faults = format!("{lost}/{repeated}/{late}");
    line(name, &[ended, aborted, in_order, faults, resets.to_string(), positions.to_string()]);
    if !may_reset {
        promises.note(format!("{name}: nobody is told reset"), resets == 0);
    }
}

/// Publishes under each topic by turns, whatever fails.
struct QuietFlow {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl QuietFlow {
    fn begin(mut producer: Producer, topics: &[Arc<Published>]) -> io::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let (until, topics) = (Arc::clone(&ended), topics.to_vec());
        let pause = EACH / u32::try_from(TOPICS).map_err(io::Error::other)?;
        let run = move || {
            let mut doubts = 0;
            for topic in (0..TOPICS).cycle().take_while(|_| !until.load(Ordering::Relaxed)) {
                doubts += u64::from(!publish(&mut producer, topic, &topics[topic]));
                thread::sleep(pause);
            }
            // What was lost of a topic is seen when a later event comes.
            for (topic, published) in topics.iter().enumerate() {
                while !publish(&mut producer, topic, published) {
                    doubts += 1;
                    thread::sleep(pause);
                }
            }
            doubts
        };
        let thread = thread::Builder::new().name("quiet publisher".to_owned()).spawn(run)?;
        Ok(Self { ended, thread })
    }

    /// Ends with an event of each topic; how many nobody knows of.
    fn end(self) -> io::Result<u64> {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the publisher has panicked"))
    }
}

/// True if it was published without a doubt.
fn publish(producer: &mut Producer, topic: usize, published: &Published) -> bool {
    let sequence = published.begin();
    let data = Payload { sequence, published: now() }.to_data(200);
    let taken = producer.publish_under(&format!("quiet-{topic}"), &data).is_ok();
    if !taken {
        published.doubt(sequence);
    }
    taken
}

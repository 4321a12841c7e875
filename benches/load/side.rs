//! One round of a load: who is asked, and what came of it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use server_tests::patience::{wait_for, within};
use server_tests::process::Pid;
use sse_load::{Crowd, Pace, Plan, Publish, Published, Report, publish};

use crate::usage::{Usage, all_descriptors};

/// One that sends events to clients.
pub(crate) trait Side {
    /// Its name in tables.
    fn name(&self) -> &'static str;
    /// Where clients connect.
    fn address(&self) -> SocketAddr;
    /// Clients ask for this to follow a topic.
    fn path(&self, topic: &str) -> String;
    /// A way to publish under it.
    fn publisher(&self, topic: &str) -> io::Result<Box<dyn Publish + Send>>;
    /// The processes that hold the streams.
    fn holder(&self) -> Vec<Pid>;
    /// The processes between them and the clients.
    fn front(&self) -> Vec<Pid>;
}

/// The results of a round.
#[derive(Debug)]
pub(crate) struct Round {
    /// From the first connect to the first byte of the last stream.
    pub(crate) accepted: Duration,
    pub(crate) report: Report,
    /// From the first event's publishing to the last one's arrival at the last client.
    pub(crate) delivered: Duration,
    /// Microseconds of CPU for each delivery: of the holder, and of what is in front.
    pub(crate) cpu: [f64; 2],
    /// Bytes for each stream, before there are events.
    pub(crate) memory: [f64; 2],
    /// From the clients' leaving to the holder's last descriptor.
    pub(crate) cleaned: Duration,
}

/// So many streams get so many events under a topic of their own.
pub(crate) fn round(side: &dyn Side, topic: &str, streams: usize, pace: Pace) -> io::Result<Round> {
    let mut producer = side.publisher(topic)?;
    // Has everything connected that is connected once.
    side.publisher("warm-up")?.publish("0 0 ")?;
    let published = Arc::new(Published::default());
    let usage = || [side.holder(), side.front()].map(|pids| Usage::of(&pids));
    let before = usage();
    let begun = Instant::now();
    let crowd = Crowd::gather(&Plan::new(side.address(), &side.path(topic), streams), &published)?;
    wait_for_streams(&crowd, streams);
    let accepted = begun.elapsed();
    let open = usage();
    let begun = Instant::now();
    publish(&mut *producer, pace, &published)?;
    wait_until_complete(&crowd, streams);
    let delivered = begun.elapsed();
    let after = usage();
    drop(producer);
    let left = Instant::now();
    let report = crowd.disperse()?;
    wait_for("the streams to be gone", within(Duration::from_secs(30)), || {
        (all_descriptors(&side.holder()) <= before[0].descriptors).then_some(())
    });
    let cleaned = left.elapsed();
    let deliveries = report.counts.in_order.max(1) as f64;
    let cpu = [0, 1]
        .map(|of| after[of].cpu.saturating_sub(open[of].cpu).as_secs_f64() * 1e6 / deliveries);
    let memory =
        [0, 1].map(|of| open[of].memory.saturating_sub(before[of].memory) as f64 / streams as f64);
    Ok(Round { accepted, report, delivered, cpu, memory, cleaned })
}

/// Waits until all streams are open.
pub(crate) fn wait_for_streams(crowd: &Crowd, streams: usize) {
    wait_for("all streams to be open", within(Duration::from_secs(60)), || {
        (crowd.counts().open == streams as u64).then_some(())
    });
}

/// Waits until all clients have everything, or nothing more comes.
pub(crate) fn wait_until_complete(crowd: &Crowd, streams: usize) {
    let (mut last, mut since) = (crowd.counts(), Instant::now());
    while crowd.complete() < streams && since.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
        let now = crowd.counts();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
}

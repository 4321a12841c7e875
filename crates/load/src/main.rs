//! `sse-load`: runs clients against an event stream, and prints what they received.
#![allow(clippy::print_stdout, reason = "a program for the command line")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use sse_load::{Conduct, Connection, Counts, Crowd, Pace, Plan, Published, Report, publish};

const USAGE: &str = "sse-load ADDRESS:PORT PATH [option]...

  --clients N      how many (100)
  --connecting N   how many at once, at most, before their streams begin (128)
  --threads N      of this program (2)
  --zstd           they accept that content coding
  --restless MS    they leave within that time, and come back
  --stalled        they read nothing after the beginning
  --seconds S      how long they stay when nothing is published (10)
  --publish PATH   post events there, in the format that is checked
  --events N       how many (50)
  --size BYTES     how large (1024)
  --every MS       how often (200)";

/// The arguments of the command line.
struct Settings {
    plan: Plan,
    seconds: f64,
    publish: Option<String>,
    pace: Pace,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(settings) = read_arguments()? else {
        println!("{USAGE}");
        return Ok(());
    };
    let published = Arc::new(Published::default());
    let begun = Instant::now();
    let crowd = Crowd::gather(&settings.plan, &published)?;
    if let Some(path) = settings.publish {
        let clients = settings.plan.clients as u64;
        until(|| crowd.counts().open == clients);
        println!("all streams open after {:?}", begun.elapsed());
        let mut by = (Connection::open(settings.plan.server)?, path);
        publish(&mut by, settings.pace, &published)?;
        crowd.settle();
        until(|| crowd.complete() == settings.plan.clients);
    } else {
        thread::sleep(Duration::from_secs_f64(settings.seconds));
    }
    print(&crowd.disperse()?);
    Ok(())
}

/// Waits up to 30 s until a condition holds.
fn until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
}

fn read_arguments() -> Result<Option<Settings>, Box<dyn Error>> {
    use lexopt::prelude::{Long, Value, ValueExt};

    let mut arguments = lexopt::Parser::from_env();
    let mut words = Vec::new();
    let mut plan = Plan::new(SocketAddr::from(([127, 0, 0, 1], 80)), "/", 100);
    let mut pace = Pace { events: 50, size: 1024, every: Duration::from_millis(200) };
    let (mut seconds, mut publish) = (10.0, None);
    let millis = |text: std::ffi::OsString| text.parse().map(Duration::from_millis);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("clients") => plan.clients = arguments.value()?.parse()?,
            Long("connecting") => plan.connecting = arguments.value()?.parse()?,
            Long("threads") => plan.threads = arguments.value()?.parse()?,
            Long("zstd") => plan.accepts_zstd = true,
            Long("restless") => plan.conduct = Conduct::Restless(millis(arguments.value()?)?),
            Long("stalled") => plan.conduct = Conduct::Stalled,
            Long("seconds") => seconds = arguments.value()?.parse()?,
            Long("publish") => publish = Some(arguments.value()?.string()?),
            Long("events") => pace.events = arguments.value()?.parse()?,
            Long("size") => pace.size = arguments.value()?.parse()?,
            Long("every") => pace.every = millis(arguments.value()?)?,
            Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let [server, path] = &*words else { return Ok(None) };
    plan.server = server.parse()?;
    plan.path.clone_from(path);
    Ok(Some(Settings { plan, seconds, publish, pace }))
}

fn print(report: &Report) {
    let Counts { connects, in_order, lost, repeated, late, bad_ids, foreign, .. } = report.counts;
    let Counts { bytes, encoded, resets, positions, ended, aborted, refused, failed, .. } =
        report.counts;
    let at = |percentile| Duration::from_micros(report.latency.value_at_quantile(percentile));
    println!("events in order {in_order}, lost {lost}, repeated {repeated}, late {late}");
    println!(
        "ids that do not grow {bad_ids}, events of others {foreign}, resets {resets}, positions {positions}"
    );
    println!("connects {connects}, ended {ended}, aborted {aborted}");
    println!("refused {refused}, failed {failed}; bytes {bytes}, of those encoded {encoded}");
    println!("latency p50 {:?}, p99 {:?}, p99.9 {:?}", at(0.5), at(0.99), at(0.999));
}

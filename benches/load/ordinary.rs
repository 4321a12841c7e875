//! 2. Ordinary requests while streams are open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use sse_load::{Crowd, Pages, Plan, Rate};

use crate::hub::Settings;
use crate::numbers::{median, short};
use crate::side::{Side, wait_for_streams};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

const STREAMS: usize = 10_000;
const ROUNDS: usize = 3;
const SPAN: Duration = Duration::from_secs(4);

/// As many as keep both workers busy.
const CLIENTS: usize = 8;

/// This part of the rate has to be left.
const SHARE: f64 = 0.9;

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("2. Ordinary PHP requests by the second, 2 workers; median of {ROUNDS} rounds");
    heading(&["without", "with streams", "ratio", "failures"]);
    let stage = Stage::start(&Settings::default(), &[]);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for turn in 0..ROUNDS {
        without.push(rate(stage.address())?);
        let path = stage.path(&format!("idle-{turn}"));
        let crowd = Crowd::gather(&Plan::new(stage.address(), &path, STREAMS), &Arc::default())?;
        wait_for_streams(&crowd, STREAMS);
        with.push(rate(stage.address())?);
        assert_eq!(crowd.counts().open, STREAMS as u64, "they stay open");
        crowd.disperse()?;
    }
    let failures: u64 = without.iter().chain(&with).map(|rate| rate.failures).sum();
    let [without, with] = [without, with].map(|rates| median(rates.iter().map(|it| it.per_second)));
    let ratio = with / without;
    let cells = [short(without), short(with), short(ratio), failures.to_string()];
    line("10,000 streams", &cells);
    promises.note("with 10,000 streams open, at least 90 % of the requests", ratio >= SHARE);
    promises.note("no ordinary request fails", failures == 0);
    blocked(promises)
}

/// The same without hand-off.
fn blocked(promises: &mut Promises) -> io::Result<()> {
    let stage = Stage::start(&Settings::default(), &[]);
    let without = rate(stage.address())?;
    let plan = Plan::new(stage.address(), "/pinned.php?topic=idle", 2);
    let crowd = Crowd::gather(&plan, &Arc::default())?;
    wait_for_streams(&crowd, 2);
    let with = rate(stage.address())?;
    crowd.disperse()?;
    let ratio = with.per_second / without.per_second;
    let rates = [without.per_second, with.per_second, ratio].map(short);
    let [without, with_streams, ratio] = rates;
    line("2 without hand-off", &[without, with_streams, ratio, with.failures.to_string()]);
    promises.note("without hand-off, two streams block all other requests", with.answers == 0);
    Ok(())
}

fn rate(server: SocketAddr) -> io::Result<Rate> {
    let pages = Pages::begin(server, "/page.php", CLIENTS)?;
    thread::sleep(SPAN);
    Ok(pages.end())
}

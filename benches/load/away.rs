//! 9. Ordinary requests while the hub is away, by default and where hand-off is required.

use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use server_tests::process::Signal;
use sse_load::{Crowd, Pages, Plan};

use crate::hub::Settings;
use crate::numbers::short;
use crate::side::{Side, wait_for_streams};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

const WORKERS: usize = 8;
const STREAMS: usize = 60;

/// There is no hub for this time.
const AWAY: Duration = Duration::from_secs(8);

/// As many ordinary clients as there are workers.
const CLIENTS: usize = WORKERS;

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!(
        "9. Ordinary requests while the hub is away for {AWAY:?}, {WORKERS} workers, {STREAMS} streams"
    );
    heading(&["pages by s", "failures", "streams back"]);
    for hand_off in ["prefer", "require"] {
        let pool = format!("php_admin_value[sse.hand_off] = {hand_off}");
        let settings = Settings { supervised: true, ..Settings::default() };
        let start = || Stage::with_workers(WORKERS, &settings, &[&pool]);
        for (what, happens) in [("restarts", restarts as Away), ("is frozen", is_frozen)] {
            let (pages, failures) = happens(&mut start())?;
            let name = format!("{hand_off}, hub {what}");
            line(&name, &[short(pages), failures.to_string(), STREAMS.to_string()]);
            if hand_off == "require" {
                let kept = pages > 0.0 && failures == 0;
                promises.note(format!("{name}: ordinary pages are answered"), kept);
            }
        }
    }
    Ok(())
}

type Away = fn(&mut Stage) -> io::Result<(f64, u64)>;

/// Streams that the hub has had come back while there is none.
fn restarts(stage: &mut Stage) -> io::Result<(f64, u64)> {
    let crowd = gather(stage)?;
    wait_for_streams(&crowd, STREAMS);
    stage.hub.stop();
    let pages = ask_for_pages(stage)?;
    stage.hub.start_again();
    come_back(pages, crowd)
}

/// Streams are asked for that the hub does not answer for.
fn is_frozen(stage: &mut Stage) -> io::Result<(f64, u64)> {
    stage.hub.signal(Signal::STOP);
    let crowd = gather(stage)?;
    let pages = ask_for_pages(stage)?;
    stage.hub.signal(Signal::CONT);
    come_back(pages, crowd)
}

fn gather(stage: &Stage) -> io::Result<Crowd> {
    let plan = Plan::new(stage.address(), &stage.path("away"), STREAMS);
    Crowd::gather(&plan, &Arc::default())
}

/// Asks while the hub is away; how many were answered by the second in the latter half, when those have come
/// back whose streams were ended.
fn ask_for_pages(stage: &Stage) -> io::Result<(f64, Pages)> {
    let pages = Pages::begin(stage.address(), "/page.php", CLIENTS)?;
    thread::sleep(AWAY / 2);
    let before = pages.rate().answers;
    thread::sleep(AWAY / 2);
    let answers = pages.rate().answers - before;
    Ok((answers as f64 / (AWAY / 2).as_secs_f64(), pages))
}

/// The answers by then. A request without one fails later, or is answered when the hub is back.
fn come_back((rate, pages): (f64, Pages), crowd: Crowd) -> io::Result<(f64, u64)> {
    wait_for_streams(&crowd, STREAMS);
    crowd.disperse()?;
    Ok((rate, pages.end().failures))
}

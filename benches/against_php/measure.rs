//! Measures what an event costs, by way.

use std::fs;
use std::process::Command;

use server_tests::patience::{soon, wait_for};
use server_tests::process::{Process, Signal};
use server_tests::site::Site;

use crate::contest::Contest;
use crate::runner::{Fpm, Runner};
use crate::script::{self, LOOKS_AT_THE_CLOCK, Script};

/// For each way, ours first, what an event cost in each round.
pub(crate) type Costs = Vec<Vec<f64>>;

pub(crate) const ROUNDS: usize = 21;

/// `Sse::start()` sends this before the first event.
const OPENING: &[u8] = b":\n";

/// Microseconds of CPU time. All ways run in turn, and each round begins with another, so that
/// whatever else the machine does meets all of them.
pub(crate) fn cpu_time(site: &Site, contest: &Contest, runner: &impl Runner) -> Costs {
    let scripts = script::write_all(site, contest);
    for script in &scripts {
        check_output(&runner.output(script), contest, script);
    }
    let mut costs = vec![Vec::new(); scripts.len()];
    for round in 0..ROUNDS {
        for turn in 0..scripts.len() {
            let way = (round + turn) % scripts.len();
            runner.run(&scripts[way]);
            costs[way].push(script::last_cpu_time(site) / f64::from(contest.events));
        }
    }
    costs
}

fn check_output(output: &[u8], contest: &Contest, script: &Script) {
    let output = output.strip_prefix(OPENING).unwrap_or(output);
    assert!(output == contest.output.as_bytes(), "{} puts out other bytes", script.name);
}

/// System calls of FPM's worker, from one round: their number hardly changes.
pub(crate) fn system_calls(site: &Site, contest: &Contest, fpm: &Fpm) -> Costs {
    let calls = |script: &Script| {
        let trace = trace(site, script, fpm);
        vec![f64::from(calls_in_timed_loop(&trace)) / f64::from(contest.events)]
    };
    script::write_all(site, contest).iter().map(calls).collect()
}

/// Traces the worker with strace while it runs a script.
fn trace(site: &Site, script: &Script, fpm: &Fpm) -> String {
    let name = format!("{}.strace", script.name);
    let trace = site.path(&name);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-p", &fpm.worker(script).to_string(), "-o"]).arg(&trace);
    let mut strace = Process::spawn(&name, &mut strace, site.as_ref());
    wait_for("strace to attach", soon(), || strace.log().contains(" attached").then_some(()));
    fpm.run(script);
    strace.signal(Signal::INT);
    strace.wait(soon());
    fs::read_to_string(trace).unwrap()
}

/// The number of system calls between a script's last two looks at the clock.
fn calls_in_timed_loop(trace: &str) -> u32 {
    let calls: Vec<&str> = trace.lines().filter_map(system_call).collect();
    let between: Vec<&[&str]> = calls.split(|call| *call == "getrusage").collect();
    assert_eq!(between.len(), LOOKS_AT_THE_CLOCK + 1, "a script looks at the clock as often");
    u32::try_from(between[LOOKS_AT_THE_CLOCK - 1].len()).unwrap()
}

/// The name of the call in a line such as `1234  write(1, "...", 3) = 3`; none in what tells of a
/// signal, or of the rest of a call that another thread interrupted.
fn system_call(line: &str) -> Option<&str> {
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let (name, _) = call.split_once('(')?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

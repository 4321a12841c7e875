//! Prints what the hub holds, beside nchan and beside workers without a hub, and judges what was promised:
//! nginx and FPM with two workers, clients of [`sse_load`] on the same machine.
//!
//! # Layout
//! - [`fan_out`], [`ordinary`], [`restarts`], [`churn`], [`two_hubs`], [`quiet`], [`behind`], [`flushed`],
//!   [`away`], [`bursts`], [`many_topics`], [`idle_redis`], [`namespaces`], [`compressed`]: a part each
//! - [`side`], [`stage`], [`nchan`], [`hub`], [`producer`]: who is measured
//! - [`streams`]: the board that is rendered anew for each event
//! - [`usage`], [`table`], [`numbers`]: what is measured, and printed
#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot run panics")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]
#![allow(clippy::cast_precision_loss, reason = "nothing here counts up to 2^52")]

mod away;
mod behind;
mod bursts;
mod churn;
mod compressed;
mod fan_out;
mod flushed;
mod hub;
mod idle_redis;
mod many_topics;
mod namespaces;
mod nchan;
#[path = "../numbers.rs"]
mod numbers;
mod ordinary;
mod producer;
mod quiet;
mod restarts;
mod side;
mod stage;
#[path = "../../crates/content-coding/benches/codings/streams.rs"]
#[allow(dead_code, reason = "of these, only the board is published")]
mod streams;
mod table;
mod two_hubs;
mod usage;

use std::process::ExitCode;
use std::{env, io};

use table::Promises;

type Part = fn(&mut Promises) -> io::Result<()>;

const PARTS: [(&str, Part); 14] = [
    ("1", fan_out::run),
    ("2", ordinary::run),
    ("3", restarts::run),
    ("4", churn::run),
    ("5", two_hubs::run),
    ("6", quiet::run),
    ("7", behind::run),
    ("8", flushed::run),
    ("9", away::run),
    ("10", bursts::run),
    ("11", many_topics::run),
    ("12", idle_redis::run),
    ("13", namespaces::run),
    ("14", compressed::run),
];

/// Runs the parts that are named by their numbers, or all.
fn main() -> io::Result<ExitCode> {
    let named: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let mut promises = Promises::default();
    for (name, run) in PARTS {
        if named.is_empty() || named.iter().any(|it| it == name) {
            run(&mut promises)?;
            println!();
        }
    }
    if promises.broken().is_empty() {
        println!("All kept.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("Not kept:");
    promises.broken().iter().for_each(|promise| println!("- {promise}"));
    Ok(ExitCode::FAILURE)
}

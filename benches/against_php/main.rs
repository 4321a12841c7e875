//! Measures what an event costs to make and to send, beside plain PHP.
//!
//! # Layout
//! - [`contest`]: what is compared, as PHP code
//! - [`script`]: that code in scripts that tell their own CPU time
//! - [`runner`]: what runs them: the command line, nginx + FPM
//! - [`measure`]: CPU time and system calls per event
//! - [`table`], [`numbers`]: what is printed
//!
//! **Invariant**: it judges nothing. What is slow is printed; only what does not run, or puts out
//! other bytes than it should, fails.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run panics")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]

mod contest;
mod measure;
#[path = "../numbers.rs"]
mod numbers;
mod runner;
mod script;
mod table;

use server_tests::site::Site;

use contest::{BATCH, making, sending};
use measure::{ROUNDS, cpu_time, system_calls};
use runner::{CommandLine, Fpm};
use table::{print, print_code};

const CPU_TIME: &str = "µs of CPU per event, user + system, of the PHP process";
const SYSTEM_CALLS: &str = "system calls per event, of the FPM worker";

fn main() {
    let site = Site::new();
    let (cli, fpm) = (CommandLine::new(&site), Fpm::start(&site));
    let (making, sending) = (making(), sending());

    println!("Ours, and theirs with the ratio ours / theirs in brackets: lower is better.");
    println!(
        "Median of {ROUNDS} rounds, all ways in turn; opcache on; theirs without the extension."
    );

    print("MAKE an event", CPU_TIME, &making, |it| cpu_time(&site, it, &cli));
    print_code(&making[0]);

    print("SEND it, nginx + FPM", CPU_TIME, &sending, |it| cpu_time(&site, it, &fpm));
    print("SEND it, nginx + FPM", SYSTEM_CALLS, &sending, |it| system_calls(&site, it, &fpm));
    print("SEND it, php > /dev/null", CPU_TIME, &sending, |it| cpu_time(&site, it, &cli));
    print_code(&sending[0]);
    println!("  sendMany() and batch take {BATCH} events at a time.");
}

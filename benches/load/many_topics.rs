//! 11. Publications by the second, to few topics and to very many.

use std::io::{self, BufRead, BufReader};
use std::process::Command;

use server_tests::process::Process;
use server_tests::{binary, extension};

use crate::hub::{self, Hub, Settings};
use crate::numbers::{median, short};
use crate::stage::Stage;
use crate::table::{Promises, heading, line};

const FEW: usize = 100;
const MANY: usize = 150_000;

/// So many publications are timed.
const PUBLICATIONS: usize = 30_000;
const ROUNDS: usize = 3;

/// This part of the rate has to be left.
const SHARE: f64 = 0.5;

/// Publishes once under each topic; then says, for each round, how many publications by the second go under all
/// of them by turns.
const SCRIPT: &str = r"<?php
[, $topics, $publications, $rounds] = $argv;
for ($i = 0; $i < $topics; $i++) {
    Sse::publish(sprintf('topic.%06d', $i), 'x');
}
while ($rounds--) {
    $begun = hrtime(true);
    for ($n = 0; $n < $publications; $n++) {
        Sse::publish(sprintf('topic.%06d', $i++ % $topics), 'x');
    }
    echo $publications / (hrtime(true) - $begun) * 1e9, PHP_EOL;
}
";

pub(crate) fn run(promises: &mut Promises) -> io::Result<()> {
    println!("11. Publications by the second, by one PHP script; median of {ROUNDS} rounds");
    heading(&["100 topics", "150,000", "ratio", "topics kept"]);
    let (few, _) = rate(FEW)?;
    let (many, kept) = rate(MANY)?;
    let cells = [short(few), short(many), short(many / few), kept.to_string()];
    line("publications/s", &cells);
    promises.note("with 150,000 topics, at least half the rate", many / few >= SHARE);
    Ok(())
}

/// The rate, and how many topics have events then.
fn rate(topics: usize) -> io::Result<(f64, u64)> {
    let stage = Stage::start(&Settings::default(), &[]);
    let directory = stage.directory();
    let script = directory.join("many.php");
    std::fs::write(&script, SCRIPT)?;
    let mut command = Command::new(binary::php());
    command.args(["-n", "-d", "display_errors=stderr"]);
    command.arg("-d").arg(format!("extension={}", extension::path().display()));
    command.arg("-d").arg(format!("sse.hub_socket={}", Hub::socket(directory).display()));
    command.arg("-d").arg(format!("sse.hub_path={}", hub::binary().display())).arg(script);
    command.args([topics, PUBLICATIONS, ROUNDS].map(|number| number.to_string()));
    let (process, _stdin, stdout) = Process::spawn_piped("many", &mut command, directory);
    let lines: Vec<String> = BufReader::new(stdout).lines().collect::<io::Result<_>>()?;
    let rates: Vec<f64> = lines.iter().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(rates.len(), ROUNDS, "{lines:?}: {}", process.log());
    let kept = stage.hub.status()["topics"].as_u64().unwrap();
    Ok((median(rates), kept))
}

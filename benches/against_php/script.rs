//! The scripts that run: one for each way, which tells the CPU time its loop took.

use server_tests::site::Site;

use crate::contest::{BATCH, Contest, Way};

/// A script in a site.
pub(crate) struct Script {
    pub(crate) name: String,
    /// True if it needs the extension. PHP runs all others without.
    pub(crate) uses_sse: bool,
}

/// A script calls `getrusage()` so often: before the warm-up, before the loop that counts, after it.
pub(crate) const LOOKS_AT_THE_CLOCK: usize = 3;

/// Where a script leaves the microseconds of CPU time.
const CPU_TIME: &str = "cpu-time";

/// Writes a script for each way of a contest, ours first.
pub(crate) fn write_all(site: &Site, contest: &Contest) -> Vec<Script> {
    site.write("line_by_line.php", include_str!("line_by_line.php"));
    site.write(&format!("{}.txt", contest.id), &contest.data);
    let write = |(number, way)| {
        let name = format!("{}-{number}.php", contest.id);
        site.write(&name, code(contest, way));
        Script { name, uses_sse: number < contest.ours.len() }
    };
    contest.ways().enumerate().map(write).collect()
}

/// The microseconds of CPU time that the loop of the last script took.
pub(crate) fn last_cpu_time(site: &Site) -> f64 {
    site.read(CPU_TIME).parse().unwrap()
}

/// The loop stands in a function, as most code does: the optimizer does more for it there.
/// `getrusage()` is a system call, by which the loop is found in a trace.
fn code(contest: &Contest, way: &Way) -> String {
    let Contest { id, events, .. } = contest;
    let Way { before, each, batch, .. } = way;
    let (warm_up, repeats) = (BATCH / batch, events / batch);
    format!(
        r"<?php
require __DIR__ . '/line_by_line.php';

function cpu_time(): int
{{
    $usage = getrusage();
    return 1_000_000 * ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'])
        + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'];
}}

function run(string $data): int
{{
    {before}
    foreach ([{warm_up}, {repeats}] as $repeats) {{
        $start = cpu_time();
        for ($i = 0; $i < $repeats; ++$i) {{
            {each}
        }}
    }}
    $end = cpu_time();
    echo $frame ?? '';
    return $end - $start;
}}

$microseconds = run(file_get_contents(__DIR__ . '/{id}.txt'));
file_put_contents(__DIR__ . '/{CPU_TIME}', $microseconds);
"
    )
}

//! The keeper in full, for `make storm`: the tests in `tests/keeper` with the big numbers, everywhere at the
//! same time, and what was measured. The first argument says what; `--on` names servers, and `--in` ways
//! to be blocked, in lists with commas.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be measured panics")]
#![allow(clippy::print_stdout, reason = "it prints its result")]

#[path = "../tests/keeper/adoption.rs"]
mod adoption;
#[path = "../tests/keeper/blocked.rs"]
mod blocked;
#[path = "../tests/keeper/hiccups.rs"]
mod hiccups;
#[path = "../tests/keeper/hub_storm.rs"]
mod hub_storm;
#[path = "../tests/keeper/kind.rs"]
mod kind;
#[path = "../tests/keeper/storm.rs"]
mod storm;

use std::process::ExitCode;
use std::time::Duration;
use std::{env, thread};

use server_tests::binary;
use server_tests::content_coding::Coding;
use server_tests::reader::Reader;
use server_tests::server::Php;

use adoption::SOURCES;
use blocked::{Block, Heard};
use hiccups::Hiccups;
use kind::{Kind, Output, Running};
use storm::Storm;

const EVERYWHERE: [(&str, Kind); 13] = [
    ("FPM", Kind::Fpm),
    ("FPM over TCP", Kind::FpmOverTcp),
    ("FPM keepalive", Kind::FpmKeepalive),
    ("php-cgi -b", Kind::Cgi),
    ("php -S", Kind::Builtin),
    ("CLI pipe", Kind::CommandLine),
    ("Apache", Kind::Apache),
    ("Apache plain", Kind::ApachePlain),
    ("Apache TLS", Kind::ApacheTls),
    ("Apache deflate", Kind::ApacheDeflate),
    ("FrankenPHP", Kind::FrankenPhp),
    ("FrankenPHP worker", Kind::FrankenPhpWorker),
    ("FrankenPHP proxied", Kind::FrankenPhpProxied),
];

const BLOCK: Block = Block {
    length: Duration::from_secs(20),
    heartbeat: Duration::from_secs(1),
    least: 19,
    longest: Duration::from_millis(1100),
};
const RUNS: usize = 3;
const HEARTBEATS: usize = 50_000;
const CLOSES: usize = 25;
const AT_ONCE: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    let kept = match argument(0).as_deref() {
        Some("heartbeats") => heartbeats(),
        Some("heartbeats-in-codings") => heartbeats_in_codings(),
        Some("adoption") => adoption() & disconnects(),
        Some("threads") => threads().iter().all(|storm| storm.damage.is_none()),
        Some("storm") => storms().iter().all(|storm| storm.damage.is_none()),
        Some("storm-in-codings") => storms_in_codings().iter().all(|storm| storm.damage.is_none()),
        Some("storm-in-hub") => storm_in_hub(),
        // The negative control, with an extension that does not lock the wire: bytes have to be damaged,
        // which a process that has died would not show.
        Some("damage") => storms().iter().all(does_damage),
        Some("damage-in-codings") => storms_in_codings().iter().all(does_damage),
        // Beside others, one may come through, or wait for the end of what was damaged.
        Some("damage-on-threads") => threads().iter().any(does_damage),
        other => panic!("{other:?} is none of what is measured"),
    };
    println!("{}\n", if kept { "as it has to be" } else { "NOT as it has to be" });
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn does_damage(storm: &Storm) -> bool {
    storm.damage.is_some() && !storm.crashed && !storm.hangs
}

/// The argument at this position.
fn argument(position: usize) -> Option<String> {
    // Cargo adds an option of its own.
    env::args().skip(1).filter(|argument| argument != "--bench").nth(position)
}

/// Those of `all` that the list after an option names, or all.
fn chosen<T: Copy>(option: &str, all: &[T], name: impl Fn(&T) -> &'static str) -> Vec<T> {
    let Some(list) = env::args().skip_while(|argument| argument != option).nth(1) else {
        return all.to_vec();
    };
    let find = |wanted| *all.iter().find(|it| name(it) == wanted).unwrap();
    list.split(',').map(find).collect()
}

fn kinds() -> Vec<(&'static str, Kind)> {
    let has_frankenphp = env::var_os("FRANKENPHP").is_some();
    let has_threads = binary::php_is_thread_safe();
    let is_there = |(_, kind): &(&str, Kind)| match kind {
        Kind::FrankenPhp | Kind::FrankenPhpProxied => has_frankenphp,
        Kind::FrankenPhpWorker => has_frankenphp && has_threads,
        _ => true,
    };
    let there: Vec<_> = EVERYWHERE.into_iter().filter(is_there).collect();
    chosen("--on", &there, |(name, _)| name)
}

/// Those where a response has a head.
fn responding() -> Vec<(&'static str, Kind)> {
    kinds().into_iter().filter(|(_, kind)| *kind != Kind::CommandLine).collect()
}

fn heartbeats() -> bool {
    println!("PHP is blocked");
    let calls = chosen("--in", &blocked::calls(), |call| call);
    let run = |(name, kind)| (name, blocked::run(kind, &calls));
    listen(&kinds().into_iter().map(run).collect::<Vec<_>>(), &calls, blocked::open)
}

fn heartbeats_in_codings() -> bool {
    println!("PHP is blocked in a stream that is compressed");
    let run = |(name, kind)| (name, blocked::run_in_codings(kind));
    // All at the same time, which one thread cannot.
    let has_threads = binary::php_is_thread_safe();
    let may = |(_, kind): &(&str, Kind)| {
        has_threads || !matches!(kind, Kind::FrankenPhp | Kind::FrankenPhpProxied)
    };
    let servers: Vec<_> = responding().into_iter().filter(may).map(run).collect();
    listen(&servers, &Coding::ALL.map(Coding::token), blocked::open_in)
}

fn adoption() -> bool {
    println!("PHP is blocked in a stream that other code has opened");
    let php = adoption::adopting(BLOCK.heartbeat);
    let run = |(name, kind)| (name, adoption::run(kind, php.clone(), SOURCES.len()));
    let servers: Vec<_> = responding().into_iter().map(run).collect();
    listen(&servers, &SOURCES, adoption::open_blocked)
}

/// Listens to a stream of each name on each server, all at the same time, and prints the fewest heartbeats
/// and the longest silence of all runs. Answers whether all were steady.
fn listen(
    servers: &[(&str, Running)],
    names: &[&'static str],
    open: fn(&Running, &str, Block) -> Reader<Output>,
) -> bool {
    let hiccups = Hiccups::watch();
    let run = || {
        let on_server = |running| names.iter().map(move |name| open(running, name, BLOCK));
        blocked::listen(servers.iter().flat_map(|(_, running)| on_server(running)), BLOCK)
    };
    let runs: Vec<Vec<Heard>> = (0..RUNS).map(|_| run()).collect();
    let hiccup = hiccups.longest();

    print_row("", names.iter().map(ToString::to_string));
    for (row, (server, _)) in servers.iter().enumerate() {
        let column = |column| worst(runs.iter().map(|run| run[row * names.len() + column]));
        print_row(server, (0..names.len()).map(column));
    }
    println!(
        "\nThe fewest heartbeats, and the longest silence, in {RUNS} runs of {:?}.",
        BLOCK.length
    );
    println!("The machine has let others sleep up to {hiccup:?} beyond their time.");
    runs.iter().flatten().all(|heard| heard.is_steady(BLOCK, hiccup))
}

/// The fewest heartbeats, and the longest silence.
fn worst(heard: impl Iterator<Item = Heard> + Clone) -> String {
    let heartbeats = heard.clone().map(|heard| heard.heartbeats).min().unwrap();
    let silence = heard.map(|heard| heard.silence).max().unwrap();
    format!("{heartbeats} {:.3} s", silence.as_secs_f64())
}

/// Measures how soon the streams of others know that their client has left.
fn disconnects() -> bool {
    let hiccups = Hiccups::watch();
    println!("\nms from the close to connection_aborted(), median / longest of {CLOSES}");
    print_row("", SOURCES.iter().map(ToString::to_string));
    let mut longest = Duration::ZERO;
    for (name, kind) in responding() {
        let running = adoption::run(kind, adoption::adopting(BLOCK.heartbeat), 1);
        let delays = SOURCES.map(|source| {
            let mut delays = [(); CLOSES].map(|()| adoption::time_to_notice(&running, source));
            delays.sort_unstable();
            delays
        });
        longest = delays.iter().flatten().copied().fold(longest, Duration::max);
        print_row(name, delays.iter().map(median_and_longest));
    }
    longest <= AT_ONCE + hiccups.longest()
}

/// In milliseconds.
fn median_and_longest(delays: &[Duration; CLOSES]) -> String {
    let [median, longest] =
        [delays[CLOSES / 2], delays[CLOSES - 1]].map(|delay| delay.as_secs_f64() * 1e3);
    format!("{median:.2} / {longest:.2}")
}

/// A storm everywhere, all at the same time.
fn storms() -> Vec<Storm> {
    blow_on(&kinds(), |kind| storm::blow(kind, Php::with_sse(), HEARTBEATS))
}

/// The same in streams that are compressed, in one coding after the other.
fn storms_in_codings() -> Vec<Storm> {
    let in_coding = |coding: Coding| {
        println!("in {}", coding.token());
        blow_on(&responding(), move |kind| storm::blow_in(coding, kind, HEARTBEATS))
    };
    Coding::ALL.into_iter().flat_map(in_coding).collect()
}

fn blow_on(
    kinds: &[(&'static str, Kind)],
    blow: impl Fn(Kind) -> Storm + Copy + Send,
) -> Vec<Storm> {
    let storms: Vec<Storm> = thread::scope(|scope| {
        let blow = |kind| scope.spawn(move || blow(kind));
        let threads: Vec<_> = kinds.iter().map(|(_, kind)| blow(*kind)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    println!("{:16}{:>12}{:>12}{:>12}  damage", "", "heartbeats", "events", "megabytes");
    for ((name, _), storm) in kinds.iter().zip(&storms) {
        println!("{name:16}{storm}");
    }
    storms
}

/// A storm of the hub's heartbeats, to some clients in each coding.
fn storm_in_hub() -> bool {
    const CLIENTS: usize = 25;
    println!(
        "{:16}{:>12}{:>12}{:>12}{:>12}  damage",
        "in the hub", "heartbeats", "events", "megabytes", "encoded"
    );
    let storms = hub_storm::blow(CLIENTS, HEARTBEATS);
    for (coding, storm) in &storms {
        let damage = storm.damage.as_deref().unwrap_or("none");
        println!(
            "{:16}{:>12}{:>12}{:>12}{:>12}  {damage}",
            coding.token(),
            storm.heartbeats,
            storm.events,
            storm.bytes >> 20,
            storm.encoded >> 20
        );
    }
    storms.iter().all(|(_, storm)| storm.damage.is_none())
}

/// A storm on eight threads of one process: FrankenPHP's.
fn threads() -> Vec<Storm> {
    const THREADS: usize = 8;
    let mut all = Vec::new();
    println!(
        "{:20}{:>12}{:>12}{:>12}  damage",
        "on eight threads", "heartbeats", "events", "megabytes"
    );
    for (name, kind) in kinds() {
        for storm in storm::blow_around(kind, Php::with_sse(), HEARTBEATS / THREADS, THREADS) {
            println!("{name:20}{storm}");
            all.push(storm);
        }
    }
    all
}

fn print_row(name: &str, cells: impl Iterator<Item = String>) {
    print!("{name:16}");
    cells.for_each(|cell| print!("{cell:>16}"));
    println!();
}

//! Prints how soon a script knows that its client has left, on every server, beside plain PHP.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run panics")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]

#[path = "../tests/lifecycle/disconnect.rs"]
mod disconnect;
#[path = "../tests/lifecycle/stage.rs"]
mod stage;

use std::process::ExitCode;
use std::time::Duration;
use std::{env, thread};

use disconnect::{Watch, delay};
use server_tests::binary;
use stage::Kind;

const KINDS: [(&str, Kind); 6] = [
    ("php -S", Kind::Builtin),
    ("nginx + FPM", Kind::Fpm),
    ("the same, keepalive", Kind::FpmKeepalive),
    ("Apache", Kind::Apache),
    ("nginx + php-cgi -b", Kind::Cgi),
    ("command line, pipe", Kind::CommandLine),
];

/// Where there is one.
const FRANKENPHP: (&str, Kind) = ("FrankenPHP", Kind::FrankenPhp);

/// So many clients leave for each number in the table.
const CLOSES: usize = 25;

/// These are promised.
const MEDIAN: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    println!("From the close of the client to the moment its script knows, in milliseconds:");
    println!("median / longest of {CLOSES}. Plain PHP echoes each second, ours write nothing.\n");
    println!(
        "{:20}{:>22}{:>22}{:>22}{:>22}",
        "", "isOpen()", "connection_aborted()", "wait()", "plain PHP"
    );
    let frankenphp = env::var_os("FRANKENPHP").map(|_| FRANKENPHP);
    let kinds = KINDS.into_iter().chain(frankenphp);
    let kept: Vec<bool> = kinds.map(|(name, kind)| print_row(name, kind)).collect();
    if kept.contains(&false) {
        println!("\nPromised: median under {MEDIAN:?}, longest under {LONGEST:?}. Not kept: *");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Measures and prints; answers whether the promise was kept.
fn print_row(name: &str, kind: Kind) -> bool {
    print!("{name:20}");
    let mut kept = true;
    for watch in [Watch::IsOpen, Watch::ConnectionAborted, Watch::Wait] {
        let stage = watch.stage(kind, 1);
        let delays = Delays::new((0..CLOSES).map(|_| delay(&stage, stage.visit())).collect());
        kept &= delays.keep_the_promise();
        let mark = if delays.keep_the_promise() { "" } else { " *" };
        print!("{:>22}", format!("{}{mark}", delays.show()));
    }
    println!("{:>22}", plain_php(kind).show());
    kept
}

/// All clients at once, each leaving at another moment between two echoes; one after the other where there is one
/// thread.
fn plain_php(kind: Kind) -> Delays {
    let stage = Watch::PlainPhp.stage(kind, CLOSES);
    let between = Duration::from_secs(1) / u32::try_from(CLOSES).unwrap();
    let leave_after = |stay| {
        let visitor = stage.visit();
        thread::sleep(stay);
        delay(&stage, visitor)
    };
    let stays = (0..).map(|number| between * number).take(CLOSES);
    if kind == Kind::FrankenPhp && !binary::php_is_thread_safe() {
        return Delays::new(stays.map(leave_after).collect());
    }
    thread::scope(|scope| {
        let clients: Vec<_> = stays.map(|stay| scope.spawn(move || leave_after(stay))).collect();
        Delays::new(clients.into_iter().map(|client| client.join().unwrap()).collect())
    })
}

/// Sorted.
struct Delays(Vec<Duration>);

impl Delays {
    fn new(mut delays: Vec<Duration>) -> Self {
        delays.sort_unstable();
        Self(delays)
    }

    fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    fn longest(&self) -> Duration {
        self.0[self.0.len() - 1]
    }

    fn keep_the_promise(&self) -> bool {
        self.median() < MEDIAN && self.longest() < LONGEST
    }

    fn show(&self) -> String {
        let [median, longest] =
            [self.median(), self.longest()].map(|delay| delay.as_secs_f64() * 1e3);
        format!("{median:.2} / {longest:.2}")
    }
}

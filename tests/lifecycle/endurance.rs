//! Thousands of requests through one worker, whatever their clients and scripts do: afterwards it
//! holds what it held before, and no response has had a byte of another. Most streams have a content coding, each of
//! the four in turn with none.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use server_tests::content_coding::{Coding, Decoded};
use server_tests::http::{Body, Request};
use server_tests::patience::{soon, wait_for};
use server_tests::process::Pid;
use server_tests::reader::{End, ReadError, Reader};
use server_tests::server::{Apache, Builtin, Cgi, Fpm, FrankenPhp, Php, Server};
use server_tests::site::Site;

use crate::random::Random;
use crate::served::Served;

/// Sends numbered events, each with the nonce of its request, and then ends somehow.
const STREAM: &str = r#"<?php
['nonce' => $nonce, 'events' => $events, 'size' => $size, 'by' => $by, 'end' => $end] = $_GET;
// What comes after the end of the response belongs to nobody.
$finish = function (Sse $sse): void {
    if (function_exists('fastcgi_finish_request')) {
        fastcgi_finish_request();
        $sse->send('foreign');
        echo "data: foreign\n\n";
        flush();
        usleep(3000);
    }
};
$sse = Sse::start(heartbeat: 0.001);
for ($i = 0; $i < $events; $i++) {
    $data = "$nonce $i " . str_repeat('x', $size);
    match ($by) {
        'send' => $sse->send($data),
        'sendMany' => $sse->sendMany([$data]),
        'echo' => print("data: $data\n\n"),
        'flush' => [print("data: $data\n\n"), flush()],
    };
    $sse->wait(0.0005);
}
match ($end) {
    'return' => null,
    'close' => $sse->close(),
    'child' => exec('sleep 60 > /dev/null 2>&1 &'),
    'log' => error_log(str_repeat($nonce, 1000)),
    'finish' => $finish($sse),
    'exit' => exit(),
    'exit in a callback' => $sse->onClose(fn () => exit()),
    'exception' => throw new RuntimeException($nonce),
    'error' => no_such_function(),
    'fatal error' => trigger_error($nonce, E_USER_ERROR),
    'memory' => str_repeat('x', 1 << 30),
    'kill' => exec('kill -9 ' . getmypid()),
};
"#;

const PAGE: &str = "<?php echo str_repeat($_GET['nonce'] . \"\\n\", $_GET['lines']);";

/// The ways in which streams end: five times in six in peace ...
const PEACEFUL: [&str; 5] = ["return", "close", "child", "log", "finish"];
/// ... and else like this: of all requests, a quarter of which are pages, every eighth.
const VIOLENT: [&str; 6] =
    ["exit", "exit in a callback", "exception", "error", "fatal error", "memory"];

/// Clients that leave before the end stay at most this long.
const SHORT: Duration = Duration::from_millis(8);

/// After so many requests, a worker has allocated what it will ever need.
const WARM_UP: u64 = 100;

/// So much more memory than at first is no leak, in KiB: an encoder takes up to 2 MiB, and allocators hold as much back.
const MEMORY: u64 = 4 * 1024;

/// A request of a client, and what it must get.
struct Visit {
    target: String,
    body: String,
    /// The coding that its client takes.
    coding: Option<Coding>,
    /// True if the worker dies before the end.
    is_cut: bool,
}

impl Visit {
    fn random(random: &mut Random, nonce: &str, violent: &[&str]) -> Self {
        let [a, b, c, d] = Coding::ALL.map(Some);
        let coding = *random.one_of(&[None, a, b, c, d]);
        if random.once_in(4) {
            let lines = random.below(3000);
            let target = format!("/page.php?nonce={nonce}&lines={lines}");
            let body = format!("{nonce}\n").repeat(usize::try_from(lines).unwrap());
            return Self { target, body, coding, is_cut: false };
        }
        let events = random.below(12);
        let size = *random.one_of(&[0, 10, 1000, 70_000]);
        let by = random.one_of(&["send", "sendMany", "echo", "flush"]);
        let ends = if random.once_in(6) { violent } else { &PEACEFUL };
        let end = *random.one_of(ends);
        let mut body = String::new();
        for event in 0..events {
            write!(body, "data: {nonce} {event} {}\n\n", "x".repeat(size)).unwrap();
        }
        let target = format!(
            "/stream.php?nonce={nonce}&events={events}&size={size}&by={by}&end={}",
            end.replace(' ', "%20")
        );
        Self { target, body, coding, is_cut: end == "kill" }
    }

    fn request(&self) -> Request {
        let request = Request::get(&self.target);
        match self.coding {
            Some(coding) => request.header("Accept-Encoding", coding.token()),
            None => request,
        }
    }

    /// Begins, and decodes what comes.
    #[track_caller]
    fn begin(&self, served: &Served) -> Reader<Decoded<Body>> {
        let response = served.send(&self.request());
        assert_eq!(response.status(), 200, "{}", self.target);
        let is_stream = response.header("Content-Type").is_some_and(|it| it.contains("stream"));
        let body = Decoded::body_of(response);
        let coding = self.coding.filter(|_| is_stream);
        assert_eq!(body.source().coding(), coding, "{}", self.target);
        body
    }

    /// Stays to the end.
    #[track_caller]
    fn stay(&self, served: &Served) {
        let mut body = self.begin(served);
        let received =
            body.read_to_end(soon()).unwrap_or_else(|error| panic!("{}: {error:?}", self.target));
        if body.end() == Some(&End::Clean) && !self.is_cut {
            assert!(!received.ends_with(b":\n"), "it ends with a comment: {}", self.target);
            let text = without_heartbeats(received);
            let text = text.strip_suffix("event\n").unwrap_or(&text);
            assert!(text == self.body, "{}", self.target);
        } else {
            assert!(self.is_cut, "{}: {:?}", self.target, body.end());
            self.assert_begins_with(received);
        }
    }

    /// Leaves after so much time, by a reset or with a goodbye.
    #[track_caller]
    fn leave(&self, served: &Served, after: Duration, reset: bool) {
        let mut body = self.begin(served);
        let received = match body.read_to_end(Instant::now() + after) {
            Ok(received) | Err(ReadError::Late { received }) => received,
            Err(error) => panic!("{}: {error:?}", self.target),
        };
        self.assert_begins_with(received);
        let wire = body.into_source().into_source().into_wire();
        if reset { wire.reset() } else { wire.close() }
    }

    /// Leaves before there is anything to read.
    fn leave_unheard(&self, served: &Served, after: Duration) {
        let mut wire = served.connect();
        write!(wire, "GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", self.target).unwrap();
        thread::sleep(after);
        wire.close();
    }

    #[track_caller]
    fn assert_begins_with(&self, received: Vec<u8>) {
        let received = without_heartbeats(received);
        let received = received.strip_suffix("event\n").unwrap_or(&received);
        assert!(self.body.starts_with(received), "{}: {received:?}", self.target);
    }
}

/// The lines of a stream but those that are heartbeats, or look like one.
fn without_heartbeats(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes).unwrap();
    text.split_inclusive('\n').filter(|line| line.trim_end_matches('\n') != ":").collect()
}

/// Random visits, by so many clients at once; a third of them leave before the end.
#[track_caller]
fn visit(served: &Served, seed: u64, clients: u64, visits: u64, violent: &[&str]) {
    thread::scope(|scope| {
        for client in 0..clients {
            scope.spawn(move || {
                let mut random = Random::new(seed + client);
                for number in 0..visits / clients {
                    let visit =
                        Visit::random(&mut random, &format!("{seed}.{client}.{number}"), violent);
                    match random.below(9) {
                        0 => visit.leave_unheard(served, random.moment(SHORT)),
                        1 => visit.leave(served, random.moment(SHORT), true),
                        2 => visit.leave(served, random.moment(SHORT), false),
                        _ => visit.stay(served),
                    }
                }
            });
        }
    });
}

/// The things of a process that could leak, but for its memory.
#[derive(Debug, PartialEq)]
struct Belongings {
    descriptors: Vec<String>,
    threads: usize,
}

impl Belongings {
    fn of(pid: Pid) -> Self {
        let mut descriptors: Vec<_> = fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
            // Two sockets have two numbers; that makes them no less alike.
            .map(|file| file.display().to_string().replace(|c: char| c.is_ascii_digit(), ""))
            .collect();
        descriptors.sort_unstable();
        let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().count();
        Self { descriptors, threads }
    }

    /// Counts them once nothing changes any more.
    #[track_caller]
    fn at_rest(served: &Served, worker: Pid) -> Self {
        // Whatever clients left behind is served before this.
        served.get("/page.php?nonce=last&lines=1").into_body();
        wait_for("the worker to be at rest", soon(), || {
            let before = Self::of(worker);
            thread::sleep(Duration::from_millis(100));
            (before == Self::of(worker)).then_some(before)
        })
    }
}

/// Resident memory, in KiB.
pub(crate) fn memory_of(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[track_caller]
pub(crate) fn only_worker(served: &Served) -> Pid {
    let [worker] = served.workers()[..] else { panic!("{:?}", served.workers()) };
    worker
}

#[track_caller]
fn serve(start: fn(&Path, Php) -> Server) -> Served {
    let site = Site::new().file("stream.php", STREAM).file("page.php", PAGE);
    Served::new(site, Php::with_sse().ini("sse.compression", "on"), start)
}

#[track_caller]
fn endures(start: fn(&Path, Php) -> Server, clients: u64, visits: u64) {
    let served = serve(start);
    visit(&served, 1, clients, WARM_UP, &VIOLENT);
    let worker = only_worker(&served);
    let belongings = Belongings::at_rest(&served, worker);
    let memory = memory_of(worker);

    visit(&served, 100, clients, visits, &VIOLENT);
    assert_eq!(only_worker(&served), worker);
    assert_eq!(Belongings::at_rest(&served, worker), belongings);
    let growth = memory_of(worker).saturating_sub(memory);
    assert!(growth < MEMORY, "the worker grew by {growth} KiB, from {memory} KiB");
}

#[test]
fn a_worker_of_fpm_endures_requests_over_connections_that_stay() {
    // One client: while its connection is kept, the worker hears no other.
    endures(|root, php| Fpm::new(root, php).children(1).keepalive().start(), 1, 300);
}

#[test]
fn a_worker_of_php_cgi_endures() {
    // After 500 requests in all, it would be replaced.
    endures(|root, php| Cgi::new(root, php).children(1).start(), 4, 350);
}

#[test]
fn a_worker_of_apache_endures() {
    endures(|root, php| Apache::new(root, php).children(1).start(), 4, 500);
}

#[test]
fn the_builtin_server_endures() {
    endures(|root, php| Builtin::new(root, php).start(), 4, 500);
}

#[test]
fn a_worker_of_fpm_endures_two_thousand_requests() {
    endures(|root, php| Fpm::new(root, php).children(1).start(), 4, 2000);
}

/// Its threads, and those of the program around it, come and go. It takes its time with memory, too.
#[track_caller]
fn frankenphp_endures(start: fn(&Path, Php) -> Server, visits: u64) {
    let served = serve(start);
    visit(&served, 1, 4, WARM_UP * 10, &VIOLENT);
    let descriptors = Belongings::at_rest(&served, served.pid()).descriptors;
    let memory = memory_of(served.pid());

    visit(&served, 100, 4, visits, &VIOLENT);
    assert_eq!(Belongings::at_rest(&served, served.pid()).descriptors, descriptors);
    let growth = memory_of(served.pid()).saturating_sub(memory);
    assert!(growth < MEMORY * 16, "it grew by {growth} KiB, from {memory} KiB");
}

#[test]
fn frankenphp_endures_in_classic_mode() {
    frankenphp_endures(|root, php| FrankenPhp::new(root, php).threads(4).start(), 1000);
}

#[test]
fn frankenphp_endures_in_worker_mode() {
    let start = |root: &Path, php| FrankenPhp::new(root, php).worker_mode().threads(4).start();
    frankenphp_endures(start, 1000);
}

#[test]
fn workers_of_fpm_that_are_killed_take_nothing_with_them() {
    let served = serve(|root, php| Fpm::new(root, php).children(1).start());
    visit(&served, 1, 4, WARM_UP, &VIOLENT);
    let first = only_worker(&served);
    let belongings = Belongings::at_rest(&served, first);

    visit(&served, 1000, 4, 300, &["kill"]);
    visit(&served, 2000, 4, WARM_UP, &VIOLENT);
    let last = only_worker(&served);
    assert_ne!(last, first);
    assert_eq!(Belongings::at_rest(&served, last), belongings);
}

//! A client listens while the script is blocked in a call.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use server_tests::binary;
use server_tests::content_coding::Coding;
use server_tests::event_stream::{EventStreamReader, Item};
use server_tests::patience::within;
use server_tests::reader::Reader;
use server_tests::server::Php;
use server_tests::site::Site;

use crate::kind::{Kind, Output, Running};

/// The calls that the script knows.
pub(crate) const CALLS: [&str; 5] = ["sleep", "curl", "database", "select", "cpu"];

/// Those that this PHP has: a debug PHP is built without curl.
pub(crate) fn calls() -> Vec<&'static str> {
    let has_curl = binary::php_has("curl");
    CALLS.into_iter().filter(|call| *call != "curl" || has_curl).collect()
}

/// A script that is blocked, and the heartbeats that its client has to hear meanwhile.
#[derive(Clone, Copy)]
pub(crate) struct Block {
    pub(crate) length: Duration,
    /// The interval of the heartbeats.
    pub(crate) heartbeat: Duration,
    /// At least so many have to come.
    pub(crate) least: u32,
    /// The longest time without one.
    pub(crate) longest: Duration,
}

/// The heartbeats that a client heard between two events.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) heartbeats: u32,
    /// The longest time without a byte.
    pub(crate) silence: Duration,
    /// The script says that it was blocked for so long.
    pub(crate) blocked: Duration,
}

impl Heard {
    /// True if the client heard what it has to hear, on a machine that has let others sleep for so
    /// long beyond their time.
    pub(crate) fn is_steady(&self, block: Block, hiccup: Duration) -> bool {
        // Between a heartbeat and the next, the keeper, the server and the client may each have met it.
        let longest = block.longest + 3 * hiccup;
        let covered = self.heartbeats * (block.heartbeat + hiccup);
        self.blocked >= block.length
            && self.silence <= longest
            && covered >= block.least * block.heartbeat
    }
}

/// A server whose scripts can all be blocked at the same time.
pub(crate) fn run(kind: Kind, calls: &[&str]) -> Running {
    let site = Site::new().file("blocked.php", include_str!("scripts/blocked.php"));
    kind.run(site, Php::with_sse().system_extensions(), calls.len())
}

/// The stream of a script that is blocked in `call`.
#[track_caller]
pub(crate) fn open(running: &Running, call: &str, block: Block) -> Reader<Output> {
    let (seconds, heartbeat) = (block.length.as_secs_f64(), block.heartbeat.as_secs_f64());
    let late = answer_late(block.length);
    let query = format!("in={call}&seconds={seconds}&heartbeat={heartbeat}&late=http://{late}");
    running.open("blocked.php", &query)
}

/// The stream of a script that sleeps, in a coding that its server may choose.
#[track_caller]
pub(crate) fn open_in(running: &Running, coding: &str, block: Block) -> Reader<Output> {
    let (seconds, heartbeat) = (block.length.as_secs_f64(), block.heartbeat.as_secs_f64());
    let query = format!("in=sleep&seconds={seconds}&heartbeat={heartbeat}");
    running.open_in(Coding::of(coding).unwrap(), "blocked.php", &query)
}

/// A server that compresses, and whose scripts can be blocked in a stream of each coding.
pub(crate) fn run_in_codings(kind: Kind) -> Running {
    let site = Site::new().file("blocked.php", include_str!("scripts/blocked.php"));
    kind.run(site, Php::with_sse().ini("sse.compression", "on"), Coding::ALL.len())
}

/// Listens to all these streams at the same time. Each is opened when the one before
/// is: a worker of `php -S` may take two connections that come together.
#[track_caller]
pub(crate) fn listen(streams: impl Iterator<Item = Reader<Output>>, block: Block) -> Vec<Heard> {
    thread::scope(|scope| {
        let listen = |stream| scope.spawn(move || listen_to(stream, block));
        let clients: Vec<_> = streams.map(listen).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

/// Listens between a script's first event and the one of type `free`, which says for how
/// many seconds the script was blocked.
#[track_caller]
fn listen_to(stream: Reader<Output>, block: Block) -> Heard {
    let mut stream = EventStreamReader::new(stream);
    let mut last = stream.next_event().at;
    let mut heard = Heard { heartbeats: 0, silence: Duration::ZERO, blocked: Duration::ZERO };
    let deadline = within(block.length + Duration::from_secs(20));
    loop {
        let at = match stream.next_item(deadline).unwrap() {
            Some(Item::Comment { at, .. }) => {
                heard.heartbeats += 1;
                at
            }
            Some(Item::Event(event)) => {
                assert_eq!(event.event, "free");
                heard.silence = heard.silence.max(event.at - last);
                heard.blocked = Duration::from_secs_f64(event.data.parse().unwrap());
                return heard;
            }
            other => panic!("neither a heartbeat nor an event: {other:?}"),
        };
        heard.silence = heard.silence.max(at - last);
        last = at;
    }
}

/// Serves one HTTP request, if one comes, and takes so long for it.
fn answer_late(delay: Duration) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let _ = client.read(&mut [0; 4096]).unwrap();
        thread::sleep(delay);
        client.write_all(b"HTTP/1.0 200 OK\r\n\r\nlate").unwrap();
    });
    addr
}

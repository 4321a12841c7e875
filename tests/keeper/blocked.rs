//! What a client hears while the script is blocked in a call.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    thread,
    time::Duration,
};

use server_tests::{
    event_stream::{EventStreamReader, Item},
    patience::within,
    reader::{Reader, Source},
    server::Php,
    site::Site,
};

use crate::kind::{Kind, Running};

/// The calls that the script knows.
pub(crate) const CALLS: [&str; 5] = ["sleep", "curl", "database", "select", "cpu"];

/// How long a script is blocked, and how often the client is to hear a heartbeat meanwhile.
#[derive(Clone, Copy)]
pub(crate) struct Block {
    pub(crate) length: Duration,
    pub(crate) heartbeat: Duration,
}

/// What a client heard between two events.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) heartbeats: usize,
    /// The longest time without a byte.
    pub(crate) silence: Duration,
    /// How long the script says it was blocked.
    pub(crate) blocked: Duration,
}

/// A place whose scripts can all be blocked at the same time.
pub(crate) fn run(kind: &Kind, calls: &[&str]) -> Running {
    let site = Site::new().file("blocked.php", include_str!("scripts/blocked.php"));
    kind.run(site, Php::with_sse().system_extensions(), calls.len())
}

/// What the client of a script that is blocked in `call` hears.
#[track_caller]
pub(crate) fn hear(running: &Running, call: &str, block: Block) -> Heard {
    let (seconds, heartbeat) = (block.length.as_secs_f64(), block.heartbeat.as_secs_f64());
    let late = answer_late(block.length);
    let query = format!("in={call}&seconds={seconds}&heartbeat={heartbeat}&late=http://{late}");
    listen(running.open("blocked.php", &query), block)
}

#[track_caller]
fn listen(stream: Reader<impl Source>, block: Block) -> Heard {
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

//! Bytes that are no message cost their sender the connection, and nobody else anything.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs::File;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use hub_protocol::socket::{receive, send};
use hub_protocol::{
    Framing, Hello, Introduction, Limit, Messages, Reply, Request, Response, encode,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use support::{FASTCGI, Hub, assert_reads, frame, publish, to, wait_until};

const MESSAGES: u64 = 100_000;

/// One connection sends so many of them: after the first bad one, nobody listens to it any more.
const AT_ONCE: u64 = 4;

/// The time that the hub may take to say hello.
const PATIENCE: Timespec = Timespec { tv_sec: 20, tv_nsec: 0 };

/// So many bytes of memory more than after a first fifth are no leak.
const FLAT: u64 = 4 << 20;

/// Numbers that look random, and are the same in each run (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn bytes(&mut self, most: u64) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.byte()).collect()
    }
}

/// A request that makes sense, though not here.
fn request(random: &mut Random) -> Request {
    let topic = ["a", "b", "c"][random.index(3)];
    let framing = [Framing::Raw, Framing::Chunked, FASTCGI];
    match random.below(8) {
        0 => publish(&[topic], "garbage"),
        1 => Request::Subscribe(to(&[topic])),
        2 => {
            let response = Response {
                framing: framing[random.index(3)],
                before: random.bytes(9),
                coding: None,
            };
            Request::HandOver { subscription: to(&[topic]), response }
        }
        3 | 4 => Request::Commit,
        5 => Request::Lease(vec![Limit { key: topic.into(), max: 1, drops_oldest: false }]),
        6 => Request::Metrics,
        _ => Request::Status,
    }
}

/// Something like a message: as it has to be, changed here and there, cut off, or nothing of the kind.
fn message(random: &mut Random) -> Vec<u8> {
    let mut bytes = encode(&request(random)).unwrap();
    match random.below(5) {
        0 => {}
        1 => bytes = random.bytes(200),
        2 => bytes.truncate(random.index(bytes.len())),
        3 => bytes.extend(random.bytes(20)),
        _ => {
            for _ in 0..=random.below(4) {
                let at = random.index(bytes.len());
                bytes[at] = random.byte();
            }
        }
    }
    bytes
}

/// The messages that one connection sends after its hello. None of them may be understood as a request to end the
/// hub, as whoever may speak to it may also do that.
fn messages(random: &mut Random) -> Vec<Vec<u8>> {
    loop {
        let pieces: Vec<_> = (0..AT_ONCE).map(|_| message(random)).collect();
        let mut messages = Messages::default();
        messages.feed(&pieces.concat());
        let mut understood = std::iter::from_fn(|| messages.next_message().ok().flatten());
        if !understood.any(|it| matches!(it, Request::Stop | Request::Upgrade)) {
            return pieces;
        }
    }
}

/// Something that is a descriptor, and mostly no connection.
fn descriptor(random: &mut Random) -> Option<OwnedFd> {
    Some(match random.below(8) {
        0 => File::open("/dev/null").unwrap().into(),
        1 => TcpListener::bind("127.0.0.1:0").unwrap().into(),
        2 => UnixStream::pair().unwrap().0.into(),
        3 => File::open("/").unwrap().into(),
        _ => return None,
    })
}

/// Sends messages until there are enough of them, or the hub has heard enough.
fn send_garbage(hub: &Hub, random: &mut Random) -> u64 {
    let connection = UnixStream::connect(hub.socket()).unwrap();
    connection.set_nonblocking(true).unwrap();
    let hello = if random.below(20) == 0 { vec![b'x'; 20] } else { Hello::OURS.to_bytes().into() };
    let _ = send(&connection, &hello, None);
    if random.below(10) > 0 {
        // A connection that is closed before the hub comes to read from it need not be heard.
        let mut heard = [PollFd::new(&connection, PollFlags::IN)];
        assert_eq!(poll(&mut heard, Some(&PATIENCE)), Ok(1), "the hub says nothing");
    }
    let mut sent = 0;
    for message in messages(random) {
        sent += 1;
        let descriptor = descriptor(random);
        let descriptor = descriptor.as_ref().map(AsFd::as_fd);
        if send(&connection, &message, descriptor).is_err() {
            break;
        }
        // Now and then somebody listens.
        if random.below(4) == 0 {
            let _ = receive(&connection, &mut [0; 4096]);
        }
    }
    sent
}

#[test]
fn a_hundred_thousand_fuzzed_messages_leave_it_as_it_was() {
    let hub = Hub::start(&["--backlog-bytes", "100000"]);
    let mut stream = hub.stream(Framing::Raw, to(&["untouched"]));
    hub.wait_for("streams", 1);
    let baseline = hub.descriptors();
    let mut random = Random(20_260_101);
    let (mut sent, mut memory) = (0, None);
    while sent < MESSAGES {
        sent += send_garbage(&hub, &mut random);
        if memory.is_none() && sent > MESSAGES / 5 {
            memory = hub.status()["memory"].as_u64();
        }
    }
    hub.wait_for("streams", 1);
    hub.wait_for("workers", 0);
    let status = hub.status();
    assert!(status["refused"].as_u64() > Some(10_000), "it has met garbage: {status}");
    assert!(status["published"].as_u64() > Some(1_000), "and messages between: {status}");
    let grown = status["memory"].as_u64().unwrap().saturating_sub(memory.unwrap());
    assert!(grown < FLAT, "{grown} bytes more");
    wait_until("its descriptors are closed", || hub.descriptors() <= baseline);
    let id = hub.publish(&["untouched"], "x");
    assert_reads(&mut stream, format!(":\n{}", frame(id, "x")));
}

#[test]
fn who_asks_and_never_listens_is_not_waited_for() {
    let hub = Hub::start(&[]);
    let deaf = UnixStream::connect(hub.socket()).unwrap();
    deaf.set_nonblocking(true).unwrap();
    send(&deaf, &Hello::OURS.to_bytes(), None).unwrap();
    let question = encode(&Request::Status).unwrap();
    while send(&deaf, &question, None).is_ok() {}
    assert!(matches!(hub.ask(&Request::Status), Reply::Status(_)));
}

#[test]
fn who_asks_and_does_not_listen_is_heard_no_more_and_answered_when_it_does() {
    const MOST: usize = 32 << 20;
    let hub = Hub::start(&[]);
    let connection = UnixStream::connect(hub.socket()).unwrap();
    connection.set_nonblocking(true).unwrap();
    send(&connection, &Hello::OURS.to_bytes(), None).unwrap();
    let key = vec![b'k'; 10_000];
    let question =
        encode(&Request::Lease(vec![Limit { key, max: 0, drops_oldest: false }])).unwrap();
    let (mut asked, mut answered) = (0, 0);
    let wait_for = |flags| {
        let patience = Timespec { tv_sec: 2, tv_nsec: 0 };
        poll(&mut [PollFd::new(&connection, flags)], Some(&patience)) == Ok(1)
    };
    while wait_for(PollFlags::OUT) {
        asked += send(&connection, &question[asked % question.len()..], None).unwrap_or_default();
        assert!(asked < MOST, "the hub keeps {asked} bytes: {}", hub.status());
    }
    let (mut replies, mut buffer) = (Messages::default(), vec![0; 1 << 20]);
    let mut listen = |replies: &mut Messages| {
        assert!(wait_for(PollFlags::IN), "the hub says nothing to {asked} bytes");
        let length = receive(&connection, &mut buffer).unwrap().length;
        replies.feed(&buffer[..length]);
    };
    listen(&mut replies);
    assert!(replies.take_hello().is_some());
    replies.next_message::<Introduction>().unwrap().unwrap();
    while answered < asked / question.len() {
        while let Some(Reply::Exceeded(_)) = replies.next_message().unwrap() {
            answered += 1;
        }
        if answered < asked / question.len() {
            listen(&mut replies);
        }
    }
}

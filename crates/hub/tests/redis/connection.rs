//! Hubs whose Redis closes connections, lies, or refuses: what clients get, and what the log says.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use hub_protocol::{Client, Framing, Refusal, Reply};

use crate::hubs::connected;
use crate::proxy::Proxy;
use crate::server::{Server, eventually};
use crate::support::{after, command, publish, soon, to};

/// A hub with a log that can be read.
struct Logging {
    process: Child,
    directory: tempfile::TempDir,
}

impl Logging {
    fn start(url: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = File::create(directory.path().join("log")).unwrap();
        let mut command = command(&directory.path().join("hub/hub.sock"), "serve");
        let process = command.env("SSE_HUB_REDIS", url).stderr(log).spawn().unwrap();
        let hub = Self { process, directory };
        eventually("it listens", || Client::connect(&hub.socket(), soon()).is_ok());
        hub
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("hub/hub.sock")
    }

    fn publish(&self) -> Reply {
        let mut client = Client::connect(&self.socket(), soon()).unwrap();
        client.call(&publish(&["a"], "x"), None, soon()).unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// The lines with this in them.
    fn lines(&self, with: &str) -> Vec<String> {
        self.log().lines().filter(|line| line.contains(with)).map(str::to_owned).collect()
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// All that has come up to a text.
fn read_until(client: &mut BufReader<UnixStream>, end: &str) -> String {
    let mut read = String::new();
    while !read.ends_with(end) {
        let mut line = String::new();
        assert!(client.read_line(&mut line).unwrap() > 0, "the stream has ended after {read:?}");
        read += &line;
    }
    read
}

#[test]
fn a_redis_that_closes_idle_connections_costs_no_event() {
    let server = Server::start(&["--timeout", "1"]);
    let hub = connected(&server.url(), &[]);
    let mut client = BufReader::new(hub.stream(Framing::Raw, to(&["a"])));
    for number in 0..4 {
        std::thread::sleep(Duration::from_millis(1300));
        hub.publish(&["a"], &number.to_string());
    }
    let read = read_until(&mut client, "data: 3\n");
    for number in 0..4 {
        assert_eq!(read.matches(&format!("data: {number}\n")).count(), 1, "{read}");
    }
    assert!(!read.contains("event: reset"), "{read}");
}

#[test]
fn a_proxy_that_cuts_those_that_wait_is_not_worth_a_line_for_each() {
    let server = Server::start(&[]);
    let proxy = Proxy::start_with(&server, None, Some(Duration::from_millis(1100)));
    let hub = Logging::start(&proxy.url());
    eventually("it has been cut often", || proxy.accepted() > 12);
    let said = hub.lines("Redis");
    assert!(said.len() <= 2, "{said:?}");
}

#[test]
fn what_redis_says_forges_no_line_of_the_log_and_is_not_said_without_end() {
    let server = Server::start(&[]);
    let proxy = Proxy::start(&server);
    let mut answers = 0_u32;
    proxy.fake_replies(move |asked| {
        answers += 1;
        let text = format!("-ERR a{answers}\r1 sse-hub[1]: forged \u{1b}[2K\u{85}b\r\n");
        (answers.is_multiple_of(2) || asked.contains("PING")).then(|| text.into_bytes())
    });
    let hub = Logging::start(&proxy.url());
    eventually("it has been lied to often", || proxy.accepted() > 15);
    let Reply::Refused { refusal: Refusal::Unavailable, message } = hub.publish() else {
        panic!("it is published")
    };
    assert!(!message.contains(char::is_control), "{message:?}");
    let log = hub.log();
    for line in log.lines() {
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(time.parse::<u64>().is_ok(), "{line:?}");
        assert!(rest.starts_with(&format!("sse-hub[{}]: ", hub.process.id())), "{line:?}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
    assert!(hub.lines("forged").len() <= 5, "{log}");
}

#[test]
fn that_redis_is_a_replica_stands_in_the_log_once() {
    let server = Server::start(&[]);
    let hub = Logging::start(&server.url());
    eventually("it publishes", || matches!(hub.publish(), Reply::Published(_)));
    server.execute("REPLICAOF 127.0.0.1 1");
    for _ in 0..20 {
        assert!(matches!(hub.publish(), Reply::Refused { .. }));
        std::thread::sleep(Duration::from_millis(20));
    }
    eventually("it is noted", || !hub.lines("refuses events: READONLY").is_empty());
    let said = hub.lines("refuses events");
    assert!(said.len() == 1 && said[0].contains("redis+sentinel://"), "{said:?}");
}

#[test]
fn clients_are_told_that_an_event_is_missing_which_is_too_large_for_the_hub() {
    let server = Server::start(&[]);
    let hub = connected(&server.url(), &[]);
    let mut clients = [&["a"][..], &["b"]].map(|topics| {
        let mut client = BufReader::new(hub.stream(Framing::Raw, to(topics)));
        read_until(&mut client, ":\n");
        client
    });
    let before = hub.publish(&["a"], "before");
    let mut large = redis::cmd("XADD");
    large.arg("sse").arg("*").arg("topic").arg("a").arg("data").arg(vec![b'x'; 20 << 20]);
    let large: String = large.query(&mut server.connect()).unwrap();
    hub.publish(&["a", "b"], "next");
    let [followed, other] = clients.each_mut().map(|client| read_until(client, "data: next\n"));
    let reset = format!("id: {large}\nevent: reset\ndata: {{\"lastEventId\":null}}\n\n");
    assert!(followed.contains(&reset), "{followed}");
    assert!(!other.contains("event: reset"), "{other}");
    // It is kept as others are.
    hub.upgrade();
    let mut back = BufReader::new(hub.stream(Framing::Raw, after(&before, &["a"])));
    let missed = read_until(&mut back, "data: next\n");
    assert!(missed.contains(&reset), "{missed}");
}

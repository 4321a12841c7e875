//! A hub whose Redis is not as it should be says so: soon, and never with the password.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hub::Config;
use hub_protocol::{Framing, Refusal, Reply, Request};
use rustix::process::Signal;

use crate::hubs::{connected, until_it_publishes};
use crate::server::{Server, eventually};
use crate::support::{after, assert_ends, command, publish, soon};

#[test]
fn that_redis_does_not_answer_is_said_before_anybody_takes_the_hub_for_frozen() {
    const PATIENCE_OF_THE_EXTENSION: Duration = Duration::from_millis(250);
    let server = Server::start(&[]);
    let default = Config::new(PathBuf::new()).redis_wait.as_millis().to_string();
    let hub = connected(&server.url(), &["--redis-wait", &default]);
    server.signal(Signal::STOP);
    let mut publisher = hub.connect();
    // The shortest: the machine may have other things to do, too.
    let mut waited = Duration::MAX;
    for _ in 0..3 {
        let asked = Instant::now();
        let reply = publisher.call(&publish(&["a"], "late"), None, soon()).unwrap();
        waited = waited.min(asked.elapsed());
        let Reply::Refused { refusal: Refusal::Unavailable, message } = reply else {
            panic!("{reply:?}")
        };
        assert!(message.contains("Redis does not answer, it is unknown"), "{message}");
    }
    assert!(waited < PATIENCE_OF_THE_EXTENSION, "{waited:?}");
    server.signal(Signal::CONT);
    until_it_publishes(&hub, "a", "");
    let reply = publisher.call(&Request::Status, None, soon()).unwrap();
    assert!(matches!(reply, Reply::Status(_)), "one answer for each: {reply:?}");
}

#[test]
fn a_stream_that_waits_for_redis_ends_cleanly_with_its_hub() {
    let server = Server::start(&[]);
    let hub = connected(&server.url(), &["--backlog-events", "1"]);
    let seen = hub.publish(&["a"], "seen");
    hub.publish(&["a"], "not kept any more");
    let last = hub.publish(&["a"], "kept");
    eventually("it has arrived", || hub.status()["lastEventId"] == last.to_string());
    server.signal(Signal::STOP);
    let mut client = hub.stream(Framing::Raw, after(&seen, &["a"]));
    assert_eq!(hub.ask(&Request::Stop), Reply::Stopping);
    assert_ends(&mut client, ":\nretry: 1000\n");
}

#[test]
fn the_password_is_shown_nowhere() {
    let server = Server::start(&["--requirepass", "s3cret"]);
    for (url, connected) in [("?pass=s3cret", true), ("?pass=wr0ng-s3cret", false)] {
        let url = format!("{}{url}", server.url());
        let directory = tempfile::tempdir().unwrap();
        let mut process = command(&directory.path().join("hub/hub.sock"), "serve")
            .env("SSE_HUB_REDIS", &url)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut shown = String::new();
        let wanted = if connected { "connected to" } else { "no connection to" };
        while !shown.contains(wanted) {
            assert!(log.read_line(&mut shown).unwrap() > 0, "{shown}");
        }
        let status = command(&directory.path().join("hub/hub.sock"), "status").output().unwrap();
        shown += &String::from_utf8(status.stdout).unwrap();
        assert!(shown.contains("redis.connected") && shown.contains("redis.sock"), "{shown}");
        let arguments = fs::read(format!("/proc/{}/cmdline", process.id())).unwrap();
        shown += &String::from_utf8_lossy(&arguments);
        process.kill().unwrap();
        process.wait().unwrap();
        log.read_to_string(&mut shown).unwrap();
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

#[test]
fn a_url_that_is_wrong_is_said_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["serve", "launch"] {
        let hub = command(&directory.path().join("hub/hub.sock"), name)
            .env("SSE_HUB_REDIS", "redis://:s3cret@localhost/events")
            .output()
            .unwrap();
        let error = String::from_utf8(hub.stderr).unwrap();
        assert!(!hub.status.success() && error.contains("database by a number"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

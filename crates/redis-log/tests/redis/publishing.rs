//! Publications that Redis does not take, or that it does not answer.

use std::time::{Duration, Instant};

use hub_protocol::EventId;
use redis_log::AppendError;
use rustix::process::Signal;

use crate::hub::Hub;
use crate::server::{Server, eventually};

#[test]
fn without_redis_publishing_is_refused_at_once() {
    let mut server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    server.kill();
    hub.until_disconnected();
    eventually("the writer knows", || {
        matches!(hub.append(1, "t", "x"), Err(AppendError::Unavailable(_)))
    });
    let asked = Instant::now();
    for _ in 0..1000 {
        let error = hub.append(2, "t", "x").unwrap_err();
        assert!(error.to_string().contains("the event was not published"), "{error}");
    }
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    server.restart();
    hub.until_it_can_publish();
    let last = hub.publish("t", "y").unwrap();
    hub.until_arrived(last);
    assert_eq!(hub.data("t"), ["y"]);
}

#[test]
fn a_publication_whose_reply_is_lost_is_reported_as_unknown() {
    let mut server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let mut admin = server.connect();
    server.execute("CLIENT PAUSE 60000 WRITE");
    hub.append(1, "t", "x").unwrap();
    eventually("Redis keeps the reader and the writer waiting", || {
        let clients: String = redis::cmd("CLIENT").arg("LIST").query(&mut admin).unwrap();
        clients.matches(" flags=bU ").count() == 2
    });
    server.kill();
    let error = hub.answer(1).unwrap_err();
    assert!(matches!(error, AppendError::Unknown(_)), "{error}");
    assert!(error.to_string().contains("unknown whether the event was published"), "{error}");
}

#[test]
fn a_frozen_redis_ends_every_wait() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    server.signal(Signal::STOP);
    hub.append(1, "t", "x").unwrap();
    let error = hub.answer(1).unwrap_err();
    assert!(matches!(error, AppendError::Unknown(_)), "{error}");
    assert!(hub.check_ids(&[EventId::ZERO]).is_none());
    server.signal(Signal::CONT);
    hub.until_it_can_publish();
    let last = hub.publish("t", "y").unwrap();
    hub.until_arrived(last);
    let data = hub.data("t");
    assert!(data == ["x", "y"] || data == ["y"], "what was unknown has come once or not: {data:?}");
}

#[test]
fn a_refusal_is_reported_in_the_words_of_redis_and_the_next_publication_succeeds() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    server.execute("CONFIG SET maxmemory 1");
    let error = hub.publish("t", "x").unwrap_err();
    assert!(matches!(&error, AppendError::Refused(why) if why.contains("OOM")), "{error}");
    server.execute("CONFIG SET maxmemory 0");
    hub.publish("t", "y").unwrap();

    server.execute("REPLICAOF 127.0.0.1 1");
    let error = hub.publish("t", "x").unwrap_err();
    assert!(matches!(error, AppendError::Refused(_) | AppendError::Unknown(_)), "{error}");
    server.execute("REPLICAOF NO ONE");
    hub.until_it_can_publish();
}

#[test]
fn the_stream_is_kept_to_about_its_length() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&format!("{}?maxlen=300", server.url()));
    for number in 0..2000 {
        hub.append(number, "t", "x").unwrap();
    }
    for number in 0..2000 {
        hub.answer(number).unwrap();
    }
    let length: usize = redis::cmd("XLEN").arg("sse").query(&mut server.connect()).unwrap();
    assert!((300..600).contains(&length), "{length}");
}

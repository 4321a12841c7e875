//! A client and a hub that is played by the test, on a real socket.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::{
    env, fs,
    io::{Read, Write},
    os::{fd::AsFd, unix::net::UnixListener},
    path::PathBuf,
    process, thread,
    time::{Duration, Instant},
};

use hub_protocol::{
    Client, ClientError, Hello, HelloError, Introduction, Messages, Reply, Request, encode, socket,
};

struct Path(PathBuf);

impl Path {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("hub-protocol-{}-{name}", process::id()));
        drop(fs::remove_file(&path));
        Self(path)
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

#[test]
fn a_request_and_its_descriptor_arrive_and_are_answered() {
    let path = Path::new("call");
    let listener = UnixListener::bind(&path.0).unwrap();
    let hub = thread::spawn(move || {
        let mut connection = listener.accept().unwrap().0;
        connection.write_all(&Hello::OURS.to_bytes()).unwrap();
        connection.write_all(&encode(&Introduction { redis: None }).unwrap()).unwrap();
        let mut messages = Messages::default();
        let (mut buffer, mut descriptors) = ([0; 4096], Vec::new());
        let mut hello = None;
        let request: Request = loop {
            let received = socket::receive(&connection, &mut buffer).unwrap();
            messages.feed(&buffer[..received.length]);
            descriptors.extend(received.descriptors);
            hello = hello.or_else(|| messages.take_hello());
            if let Some(request) = hello.and_then(|_| messages.next_message().unwrap()) {
                break request;
            }
        };
        connection.write_all(&encode(&Reply::Status("{}".into())).unwrap()).unwrap();
        (request, descriptors)
    });
    let mut client = Client::connect(&path.0, soon()).unwrap();
    let passed = fs::File::open("/dev/null").unwrap();
    let reply = client.call(&Request::Status, Some(passed.as_fd()), soon()).unwrap();
    assert_eq!(reply, Reply::Status("{}".into()));
    let (request, descriptors) = hub.join().unwrap();
    assert_eq!(request, Request::Status);
    assert_eq!(descriptors.len(), 1);
}

#[test]
fn a_hub_of_another_version_is_named() {
    let path = Path::new("version");
    let listener = UnixListener::bind(&path.0).unwrap();
    let hub = thread::spawn(move || {
        let mut connection = listener.accept().unwrap().0;
        connection.write_all(b"SSEH\xff\0\0\0").unwrap();
        drop(connection.read_to_end(&mut Vec::new()));
    });
    let mut client = Client::connect(&path.0, soon()).unwrap();
    let error = client.call(&Request::Status, None, soon()).unwrap_err();
    assert!(matches!(error, ClientError::Hello(HelloError::OtherVersion(255))), "{error}");
    drop(client);
    hub.join().unwrap();
}

#[test]
fn a_hub_of_another_version_is_named_though_it_has_hung_up() {
    let path = Path::new("hung-up");
    let listener = UnixListener::bind(&path.0).unwrap();
    let mut client = Client::connect(&path.0, soon()).unwrap();
    let mut connection = listener.accept().unwrap().0;
    connection.write_all(b"SSEH\xff\0\0\0").unwrap();
    connection.read_exact(&mut [0; Hello::LENGTH]).unwrap();
    drop(connection);
    let error = client.call(&Request::Status, None, soon()).unwrap_err();
    assert!(matches!(error, ClientError::Hello(HelloError::OtherVersion(255))), "{error}");
}

#[test]
fn a_hub_that_is_frozen_costs_no_more_than_the_deadline() {
    let path = Path::new("frozen");
    let _listener = UnixListener::bind(&path.0).unwrap();
    let mut client = Client::connect(&path.0, soon()).unwrap();
    let deadline = Instant::now() + Duration::from_millis(50);
    let error = client.call(&Request::Status, None, deadline).unwrap_err();
    assert!(matches!(error, ClientError::TimedOut), "{error}");
}

#[test]
fn a_socket_where_nobody_listens_is_an_error() {
    let path = Path::new("stale");
    drop(UnixListener::bind(&path.0).unwrap());
    let error = Client::connect(&path.0, soon()).unwrap_err();
    assert!(matches!(error, ClientError::Io(_)), "{error}");
}

//! Whom the hub does not trust it neither hears nor answers. Only root can be somebody else: so these
//! tests need root.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use hub_protocol::{
    Client, ClientError, Framing, Hello, Introduction, Limit, Reply, Request, Response, encode,
    socket,
};

use support::{Hub, as_user, assert_reads, command, frame, open_directory, publish, soon, to};

/// Somebody who is not the hub's user, nor root.
const STRANGER: u32 = 54_321;

/// A group that is opened to, and that nobody is in but who is said to be.
const GROUP: u32 = 54_322;

fn as_stranger<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    as_user(STRANGER, &[STRANGER], run)
}

/// The mistake that this is about: everybody may open the socket.
fn open_to_everybody(socket: &Path) {
    fs::set_permissions(socket.parent().unwrap(), Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(socket, Permissions::from_mode(0o666)).unwrap();
}

#[track_caller]
fn assert_closed(socket: &Path) {
    match Client::connect(socket, soon()) {
        Err(ClientError::Io(error)) => assert_eq!(error.kind(), ErrorKind::PermissionDenied),
        other => panic!("{other:?}"),
    }
}

/// Everything that can be asked for; a hand-over with the word that it is done.
fn requests() -> [Vec<Request>; 8] {
    let response = Response { framing: Framing::Raw, before: Vec::new(), coding: None };
    let hand_over = Request::HandOver { subscription: to(&["a"]), response };
    [
        vec![publish(&["a"], "stolen")],
        vec![Request::Subscribe(to(&["a"]))],
        vec![hand_over, Request::Commit],
        vec![Request::Lease(vec![Limit { key: Vec::new(), max: 1, drops_oldest: false }])],
        vec![Request::Status],
        vec![Request::Metrics],
        vec![Request::Upgrade],
        vec![Request::Stop],
    ]
}

/// Says all this to the hub at once, with a connection to go with it. Answers how many bytes the hub has
/// said until it hung up, or has kept silent for a while, and whether it has kept the connection.
fn converse(path: &Path, requests: &[Request]) -> (usize, bool) {
    const A_WHILE: Duration = Duration::from_millis(500);
    let (mut client, connection) = UnixStream::pair().unwrap();
    let mut hub = UnixStream::connect(path).unwrap();
    let encoded = requests.iter().flat_map(|request| encode(request).unwrap());
    let message: Vec<u8> = Hello::OURS.to_bytes().into_iter().chain(encoded).collect();
    // A stranger may be refused before it has spoken.
    let _ = socket::send(&hub, &message, Some(connection.as_fd()));
    drop(connection);
    hub.set_read_timeout(Some(A_WHILE)).unwrap();
    let mut said = Vec::new();
    let _ = hub.read_to_end(&mut said);
    client.set_read_timeout(Some(A_WHILE)).unwrap();
    let is_kept = !matches!(client.read(&mut [0; 64]), Ok(0));
    (said.len(), is_kept)
}

#[test]
fn a_stranger_cannot_open_the_socket() {
    let hub = Hub::start_in(open_directory(), &[]);
    let socket = hub.socket();
    as_stranger(|| assert_closed(&socket));
    let directory = socket.parent().unwrap();
    fs::set_permissions(directory, Permissions::from_mode(0o755)).unwrap();
    as_stranger(|| assert_closed(&socket));
}

#[test]
fn a_stranger_who_can_open_the_socket_is_neither_heard_nor_answered() {
    let hub = Hub::start_in(open_directory(), &[]);
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    open_to_everybody(&hub.socket());
    let before = hub.status();
    for requests in requests() {
        let (said, is_kept) = as_stranger(|| converse(&hub.socket(), &requests));
        assert_eq!((said, is_kept), (0, false), "{requests:?}");
    }
    let after = hub.status();
    for number in ["pid", "published", "accepted", "streams", "workers", "leases"] {
        assert_eq!(after[number], before[number], "{number}");
    }
    assert_eq!(after["refused"], 8);
    let id = hub.publish(&["a"], "its own");
    assert_reads(&mut stream, format!(":\n{}", frame(id, "its own")));
}

/// The number of bytes that everybody is sent who is let in, before any answer.
fn greeting() -> usize {
    Hello::LENGTH + encode(&Introduction { redis: None }).unwrap().len()
}

/// The negative control: the same words of who is trusted.
#[test]
fn root_is_heard_and_answered() {
    let hub = Hub::start_in(open_directory(), &[]);
    for requests in requests() {
        let (said, _) = converse(&hub.socket(), &requests);
        assert!(said > greeting(), "{requests:?}");
    }
    let hub = Hub::start_in(open_directory(), &[]);
    let (_, is_kept) = converse(&hub.socket(), &requests()[2]);
    assert!(is_kept, "the connection that was handed over");
}

#[test]
fn a_group_is_let_in_and_nobody_else() {
    let hub = Hub::start_in(open_directory(), &["--group", &GROUP.to_string()]);
    let socket = hub.socket();
    let modes = [socket.parent().unwrap(), &socket].map(|path| {
        let found = path.metadata().unwrap();
        (found.gid(), found.mode() & 0o777)
    });
    assert_eq!(modes, [(GROUP, 0o750), (GROUP, 0o660)]);
    let publishes = || matches!(hub.ask(&publish(&["a"], "x")), Reply::Published(_));
    // The one that takes over holds to it, too.
    for _ in 0..2 {
        assert!(as_user(STRANGER, &[GROUP], publishes));
        assert!(as_user(STRANGER, &[STRANGER, GROUP], publishes));
        as_stranger(|| assert_closed(&socket));
        open_to_everybody(&socket);
        for requests in requests() {
            let conversation = as_stranger(|| converse(&socket, &requests));
            assert_eq!(conversation, (0, false), "{requests:?}");
        }
        assert!(as_user(STRANGER, &[GROUP], publishes));
        fs::set_permissions(socket.parent().unwrap(), Permissions::from_mode(0o750)).unwrap();
        fs::set_permissions(&socket, Permissions::from_mode(0o660)).unwrap();
        assert_eq!(hub.ask(&Request::Upgrade), Reply::Upgraded);
    }
}

#[test]
fn a_directory_that_everybody_may_pass_stays_as_it_is() {
    let directory = open_directory();
    let path = directory.path().join("hub");
    fs::create_dir(&path).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    let hub = Hub::start_in(directory, &["--group", &GROUP.to_string()]);
    let found = path.metadata().unwrap();
    assert_eq!((found.gid(), found.mode() & 0o777), (0, 0o755));
    as_stranger(|| assert_closed(&hub.socket()));
    assert!(as_user(STRANGER, &[GROUP], || matches!(hub.ask(&Request::Status), Reply::Status(_))));
}

#[test]
fn a_group_that_does_not_exist_is_named_before_anything_is_made() {
    let directory = open_directory();
    let socket = directory.path().join("hub/hub.sock");
    let hub = command(&socket, "serve").args(["--group", "no such"]).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&hub.stderr),
        "sse-hub: --group: there is no group no such\n"
    );
    assert!(!socket.parent().unwrap().exists());
}

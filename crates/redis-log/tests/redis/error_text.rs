//! Texts for a URL that does not fit: the cause, the remedy, and never the password.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use redis_log::AppendError;

use crate::hub::Hub;
use crate::server::{Server, eventually, free_port};

const PASSWORD: &str = "s3cret";

/// A Redis that asks for the password, at this port, too.
fn locked(port: u16) -> Server {
    Server::start(&["--requirepass", PASSWORD, "--port", &port.to_string()])
}

/// Returns why Redis at this URL cannot be followed, and asserts that publishers get the same text.
fn reason(url: &str) -> String {
    let mut hub = Hub::start(url);
    let why = hub.until_disconnected();
    let mut refused = String::new();
    eventually("publishing is refused", || {
        let Err(error) = hub.publish("t", "x") else { return false };
        assert!(matches!(error, AppendError::Unavailable(_)), "{error}");
        refused = error.to_string();
        true
    });
    assert!(refused.ends_with(&why), "{refused} | {why}");
    assert!(!why.contains("cret") && !why.contains('\n'), "{why}");
    why
}

/// Starts a server that is no Redis: it sends this to everybody and hangs up, or sends nothing and stays.
fn something_else(says: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut clients = Vec::new();
        for mut client in listener.incoming().flatten() {
            match says {
                Some(says) => {
                    drop(client.read(&mut [0; 1000]));
                    drop(client.write_all(says.repeat(10).as_bytes()));
                }
                None => clients.push(client),
            }
        }
    });
    port
}

#[test]
fn a_password_that_is_missing_or_wrong_is_reported() {
    let port = free_port();
    let server = locked(port);
    let missing = reason(&format!("redis://127.0.0.1:{port}"));
    assert_eq!(
        missing,
        "NOAUTH Authentication required.; give the password in its URL: redis://user:password@host"
    );
    for user in ["", "nobody"] {
        let wrong = reason(&format!("redis://{user}:wr0ng-s3cret@127.0.0.1:{port}"));
        assert!(wrong.starts_with("it refuses this user and password; its URL is"), "{wrong}");
    }
    let url = format!("{}?user=default&pass={PASSWORD}", server.url());
    Hub::following(&url).publish("t", "x").unwrap();
}

#[test]
fn a_database_that_is_not_there_is_reported() {
    let port = free_port();
    let _server = locked(port);
    let absent = reason(&format!("redis://:{PASSWORD}@127.0.0.1:{port}/700"));
    assert_eq!(
        absent,
        "ERR DB index is out of range; name an existing database in its URL: redis://host/0"
    );
}

#[test]
fn what_is_no_redis_is_reported() {
    for (says, what) in [
        (
            Some("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
            "the server there is not Redis",
        ),
        (Some("SSH-2.0-OpenSSH_9.2\r\n"), "the server there is not Redis"),
        (Some(""), "it has closed the connection"),
        (None, "it does not answer"),
        (
            Some("-ERR unknown command 'AUTH', with args beginning with: 's3cret'\r\n"),
            "it refuses this user and password",
        ),
    ] {
        let port = something_else(says);
        let why = reason(&format!("redis://:{PASSWORD}@127.0.0.1:{port}"));
        assert!(why.starts_with(what) && why.contains("; "), "{says:?}: {why}");
    }
}

#[test]
fn a_redis_that_is_not_there_is_reported() {
    let why = reason(&format!("redis://:{PASSWORD}@127.0.0.1:{}", free_port()));
    assert_eq!(why, "Connection refused (os error 111); check that it is running there");
    let why = reason(&format!("unix:///does/not/exist?pass={PASSWORD}"));
    assert_eq!(why, "No such file or directory (os error 2); check that it is running there");
}

#[test]
fn tls_where_there_is_none_is_reported() {
    let port = free_port();
    let _server = locked(port);
    let why = reason(&format!("rediss://:{PASSWORD}@127.0.0.1:{port}"));
    assert!(why.contains("rediss://") && why.contains("check host, port and TLS"), "{why}");
}

#[test]
fn missing_rights_are_named_and_those_named_are_enough() {
    let server = Server::start(&[]);
    server.execute(&format!("ACL SETUSER hub on >{PASSWORD} ~sse +ping +xadd"));
    let url = format!("{}?user=hub&pass={PASSWORD}", server.url());
    let why = Hub::start(&url).until_disconnected();
    let (what, advice) = why.split_once("; its user needs ").unwrap();
    assert!(what.starts_with("NOPERM") && !what.contains("cret"), "{why}");
    let (rights, _) = advice.split_once(", and ~").unwrap();
    server.execute(&format!("ACL SETUSER hub {rights}"));
    let mut hub = Hub::following(&url);
    let first = hub.publish("t", "first").unwrap();
    let last = hub.publish("t", "last").unwrap();
    hub.until_arrived(last);
    assert_eq!(hub.range(first, last).unwrap().len(), 1);
}

#[test]
fn a_key_of_another_kind_is_named() {
    let server = Server::start(&[]);
    server.execute("SET sse x");
    let why = Hub::start(&server.url()).until_disconnected();
    assert!(why.starts_with("WRONGTYPE") && why.contains("?stream="), "{why}");
}

#[test]
fn a_replica_and_a_cluster_are_reported_with_a_remedy() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    server.execute("REPLICAOF 127.0.0.1 1");
    let mut refused = String::new();
    eventually("publishing is refused", || {
        let Err(AppendError::Refused(why)) = hub.publish("t", "x") else { return false };
        refused = why;
        true
    });
    assert!(refused.starts_with("READONLY") && refused.contains("redis+sentinel://"), "{refused}");

    let port = free_port();
    let _cluster = Server::start(&["--port", &port.to_string(), "--cluster-enabled", "yes"]);
    let why = cluster_reason(&format!("redis://127.0.0.1:{port}"));
    assert!(why.starts_with("CLUSTERDOWN") && why.contains("not in cluster mode"), "{why}");

    let server = Server::start(&[]);
    let proxy = crate::proxy::Proxy::start(&server);
    proxy.fake_replies(|asked| {
        let is_keyed = asked.contains("XREVRANGE") || asked.contains("XADD");
        is_keyed.then(|| b"-MOVED 6257 10.0.0.2:6379\r\n".to_vec())
    });
    let why = cluster_reason(&proxy.url());
    assert!(why.starts_with("MOVED 6257 10.0.0.2:6379; ") && why.contains("cluster"), "{why}");
}

/// Returns why the cluster cannot be followed, and asserts that publishers get the same text.
fn cluster_reason(url: &str) -> String {
    let mut hub = Hub::start(url);
    let why = hub.until_disconnected();
    let Err(AppendError::Refused(refused)) = hub.publish("t", "x") else {
        panic!("it is published")
    };
    assert_eq!(refused, why);
    why
}

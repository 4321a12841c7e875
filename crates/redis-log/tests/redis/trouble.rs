//! What is said when the URL does not fit: what has happened, what to do, and never the password.

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

/// What who runs the hub is told of this URL, and who publishes; the same words.
fn said(url: &str) -> String {
    let mut hub = Hub::start(url);
    let told = hub.until_disconnected();
    let mut refused = String::new();
    eventually("publishing is refused", || {
        let Err(error) = hub.publish("t", "x") else { return false };
        assert!(matches!(error, AppendError::Unavailable(_)), "{error}");
        refused = error.to_string();
        true
    });
    assert!(refused.ends_with(&told), "{refused} | {told}");
    assert!(!told.contains("cret") && !told.contains('\n'), "{told}");
    told
}

/// Something else than a Redis, which says this to everybody, again and again, and hangs up; or nothing, and
/// stays.
fn something_else(says: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut guests = Vec::new();
        for mut guest in listener.incoming().flatten() {
            match says {
                Some(says) => {
                    drop(guest.read(&mut [0; 1000]));
                    drop(guest.write_all(says.repeat(10).as_bytes()));
                }
                None => guests.push(guest),
            }
        }
    });
    port
}

#[test]
fn a_password_that_is_missing_or_wrong_is_said() {
    let port = free_port();
    let server = locked(port);
    let missing = said(&format!("redis://127.0.0.1:{port}"));
    assert_eq!(
        missing,
        "NOAUTH Authentication required.; give the password in its URL: redis://user:password@host"
    );
    for user in ["", "nobody"] {
        let wrong = said(&format!("redis://{user}:wr0ng-s3cret@127.0.0.1:{port}"));
        assert!(
            wrong.starts_with("it does not take this user and password; its URL is"),
            "{wrong}"
        );
    }
    let url = format!("{}?user=default&pass={PASSWORD}", server.url());
    Hub::following(&url).publish("t", "x").unwrap();
}

#[test]
fn a_database_that_is_not_there_is_said() {
    let port = free_port();
    let _server = locked(port);
    let absent = said(&format!("redis://:{PASSWORD}@127.0.0.1:{port}/700"));
    assert_eq!(
        absent,
        "ERR DB index is out of range; its URL names a database that is there: redis://host/0"
    );
}

#[test]
fn what_is_no_redis_is_said() {
    for (says, what) in [
        (Some("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), "what answers is no Redis"),
        (Some("SSH-2.0-OpenSSH_9.2\r\n"), "what answers is no Redis"),
        (Some(""), "it has closed the connection"),
        (None, "it does not answer"),
        (
            Some("-ERR unknown command 'AUTH', with args beginning with: 's3cret'\r\n"),
            "it does not take this user and password",
        ),
    ] {
        let port = something_else(says);
        let told = said(&format!("redis://:{PASSWORD}@127.0.0.1:{port}"));
        assert!(told.starts_with(what) && told.contains("; "), "{says:?}: {told}");
    }
}

#[test]
fn a_redis_that_is_not_there_is_said() {
    let told = said(&format!("redis://:{PASSWORD}@127.0.0.1:{}", free_port()));
    assert_eq!(told, "Connection refused (os error 111); check that it runs there");
    let told = said(&format!("unix:///does/not/exist?pass={PASSWORD}"));
    assert_eq!(told, "No such file or directory (os error 2); check that it runs there");
}

#[test]
fn tls_where_there_is_none_is_said() {
    let port = free_port();
    let _server = locked(port);
    let told = said(&format!("rediss://:{PASSWORD}@127.0.0.1:{port}"));
    assert!(told.contains("rediss://") && told.contains("check host, port and TLS"), "{told}");
}

#[test]
fn rights_that_are_missing_are_said_and_those_that_are_said_are_enough() {
    let server = Server::start(&[]);
    server.say(&format!("ACL SETUSER hub on >{PASSWORD} ~sse +ping +xadd"));
    let url = format!("{}?user=hub&pass={PASSWORD}", server.url());
    let told = Hub::start(&url).until_disconnected();
    let (what, advice) = told.split_once("; its user needs ").unwrap();
    assert!(what.starts_with("NOPERM") && !what.contains("cret"), "{told}");
    let (rights, _) = advice.split_once(", and ~").unwrap();
    server.say(&format!("ACL SETUSER hub {rights}"));
    let mut hub = Hub::following(&url);
    let first = hub.publish("t", "first").unwrap();
    let last = hub.publish("t", "last").unwrap();
    hub.until_arrived(last);
    assert_eq!(hub.range(first, last).unwrap().len(), 1);
}

#[test]
fn a_key_of_another_kind_is_named() {
    let server = Server::start(&[]);
    server.say("SET sse x");
    let told = Hub::start(&server.url()).until_disconnected();
    assert!(told.starts_with("WRONGTYPE") && told.contains("?stream="), "{told}");
}

#[test]
fn a_replica_and_a_cluster_are_said_with_what_to_do() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    server.say("REPLICAOF 127.0.0.1 1");
    let mut refused = String::new();
    eventually("publishing is refused", || {
        let Err(AppendError::Refused(why)) = hub.publish("t", "x") else { return false };
        refused = why;
        true
    });
    assert!(refused.starts_with("READONLY") && refused.contains("redis+sentinel://"), "{refused}");

    let port = free_port();
    let _cluster = Server::start(&["--port", &port.to_string(), "--cluster-enabled", "yes"]);
    let told = said_by_cluster(&format!("redis://127.0.0.1:{port}"));
    assert!(told.starts_with("CLUSTERDOWN") && told.contains("not in cluster mode"), "{told}");

    let server = Server::start(&[]);
    let proxy = crate::proxy::Proxy::start(&server);
    proxy.lie(|asked| {
        let is_keyed = asked.contains("XREVRANGE") || asked.contains("XADD");
        is_keyed.then(|| b"-MOVED 6257 10.0.0.2:6379\r\n".to_vec())
    });
    let told = said_by_cluster(&proxy.url());
    assert!(told.starts_with("MOVED 6257 10.0.0.2:6379; ") && told.contains("cluster"), "{told}");
}

/// What who runs the hub is told, and who publishes.
fn said_by_cluster(url: &str) -> String {
    let mut hub = Hub::start(url);
    let told = hub.until_disconnected();
    let Err(AppendError::Refused(refused)) = hub.publish("t", "x") else {
        panic!("it is published")
    };
    assert_eq!(refused, told);
    told
}

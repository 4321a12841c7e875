//! Databases and TLS.

use std::{path::Path, process::Command};

use redis_log::Settings;

use crate::{
    hub::Hub,
    server::{Server, free_port},
};

#[test]
fn databases_and_streams_are_apart() {
    let server = Server::start(&[]);
    let mut hubs = ["", "?db=1", "?stream=other"]
        .map(|which| Hub::following(&format!("{}{which}", server.url())));
    for (number, hub) in hubs.iter_mut().enumerate() {
        let last = hub.publish("t", &number.to_string()).unwrap();
        hub.until_arrived(last);
    }
    for (number, hub) in hubs.iter_mut().enumerate() {
        assert_eq!(hub.data("t"), [number.to_string()]);
    }
}

#[test]
fn with_tls_the_certificate_is_checked() {
    let port = free_port().to_string();
    let directory = std::env::temp_dir().join(format!("redis-log-tls-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    make_certificates(&directory);
    let (certificate, key) = (file("redis.pem"), file("redis.key"));
    let ca = file("ca.pem");
    let tls = [
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &ca,
        "--requirepass",
        "s3cret",
    ];
    let server =
        Server::start(&[&tls[..], &["--tls-port", &port, "--tls-auth-clients", "no"]].concat());
    let url = format!("rediss://:s3cret@localhost:{port}");
    let mut hub = Hub::start(&url);
    let why = hub.until_disconnected();
    assert!(why.contains("certificate"), "{why}");

    let url = format!("{url}/1?ca={}", file("ca.pem"));
    let mut hub = Hub::following(&url);
    let last = hub.publish("t", "x").unwrap();
    hub.until_arrived(last);
    assert_eq!(hub.data("t"), ["x"]);
    assert!(Settings::from_url(&url).unwrap().to_string().contains("with TLS"));
    drop(server);

    let port = free_port().to_string();
    let server =
        Server::start(&[&tls[..], &["--tls-port", &port, "--tls-auth-clients", "yes"]].concat());
    let url = format!("rediss://:s3cret@localhost:{port}/1?ca={ca}");
    let why = Hub::start(&url).until_disconnected();
    assert!(why.contains("?cert=/path/to/cert.pem&key=/path/to/key.pem"), "{why}");
    let url = format!("{url}&cert={}&key={}", file("client.pem"), file("client.key"));
    let mut hub = Hub::following(&url);
    for number in 0..10 {
        // What TLS says by itself, for the next session, does not count as the end of this one.
        let last = hub.publish("t", &number.to_string()).unwrap();
        hub.until_arrived(last);
        server.say_as("s3cret", "CLIENT KILL TYPE normal SKIPME yes");
    }
    assert_eq!(hub.data("t").len(), 10);
    let wrong = url.replace("client.key", "redis.key");
    let why = Settings::from_url(&wrong).unwrap_err().to_string();
    assert!(why.contains("cannot be used together"), "{why}");
    drop(server);
    std::fs::remove_dir_all(directory).unwrap();
}

/// An authority of its own, and a certificate by it for localhost.
fn make_certificates(directory: &Path) {
    let script = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority \
                  -keyout ca.key -out ca.pem && \
                  openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout redis.key \
                  -out redis.csr && \
                  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' >names && \
                  openssl x509 -req -days 2 -in redis.csr -CA ca.pem -CAkey ca.key \
                  -CAcreateserial -extfile names -out redis.pem && \
                  openssl req -newkey rsa:2048 -nodes -subj /CN=hub -keyout client.key \
                  -out client.csr && \
                  openssl x509 -req -days 2 -in client.csr -CA ca.pem -CAkey ca.key \
                  -CAcreateserial -extfile names -out client.pem";
    let made = Command::new("sh").args(["-c", script]).current_dir(directory).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

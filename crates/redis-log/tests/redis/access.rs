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
    let server = Server::start(&[
        "--tls-port",
        &port,
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-auth-clients",
        "no",
        "--tls-ca-cert-file",
        &certificate,
        "--requirepass",
        "s3cret",
    ]);
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
                  -CAcreateserial -extfile names -out redis.pem";
    let made = Command::new("sh").args(["-c", script]).current_dir(directory).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

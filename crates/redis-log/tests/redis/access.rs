//! Databases and TLS.

use std::path::PathBuf;
use std::process::{self, Command};
use std::{env, fs};

use redis_log::Settings;

use crate::hub::Hub;
use crate::server::{Server, free_port};

const PASSWORD: &str = "s3cret";

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
    let certificates = Certificates::make("server");
    let (server, url) = certificates.serve("no");
    let why = Hub::start(&url).until_disconnected();
    assert!(why.contains("certificate"), "{why}");

    let url = format!("{url}/1?ca={}", certificates.file("ca.pem"));
    let mut hub = Hub::following(&url);
    let last = hub.publish("t", "x").unwrap();
    hub.until_arrived(last);
    assert_eq!(hub.data("t"), ["x"]);
    assert!(Settings::from_url(&url).unwrap().to_string().contains("with TLS"));
    drop(server);
}

#[test]
fn with_tls_a_certificate_of_our_own_is_shown_where_it_is_asked_for() {
    let certificates = Certificates::make("client");
    let (server, url) = certificates.serve("yes");
    let url = format!("{url}/1?ca={}", certificates.file("ca.pem"));
    let why = Hub::start(&url).until_disconnected();
    assert!(why.contains("?cert=/path/to/cert.pem&key=/path/to/key.pem"), "{why}");

    let (certificate, key) = (certificates.file("client.pem"), certificates.file("client.key"));
    let url = format!("{url}&cert={certificate}&key={key}");
    let mut hub = Hub::following(&url);
    for number in 0..10 {
        // TLS sends keys for the next session by itself: they do not count as the end of this one.
        let last = hub.publish("t", &number.to_string()).unwrap();
        hub.until_arrived(last);
        server.execute_as(PASSWORD, "CLIENT KILL TYPE normal SKIPME yes");
    }
    assert_eq!(hub.data("t").len(), 10);
    let wrong = url.replace("client.key", "redis.key");
    let why = Settings::from_url(&wrong).unwrap_err().to_string();
    assert!(why.contains("cannot be used together"), "{why}");
}

/// An authority of the test's own, and what it has certified: a server on localhost, and a client.
struct Certificates(PathBuf);

impl Certificates {
    fn make(name: &str) -> Self {
        let directory = env::temp_dir().join(format!("redis-log-tls-{name}-{}", process::id()));
        fs::create_dir_all(&directory).unwrap();
        let made = Command::new("sh").args(["-c", MAKE]).current_dir(&directory).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self(directory)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A Redis with TLS that asks its clients for a certificate, or does not; and its URL.
    fn serve(&self, auth_clients: &str) -> (Server, String) {
        let port = free_port().to_string();
        let (certificate, key) = (self.file("redis.pem"), self.file("redis.key"));
        let ca = self.file("ca.pem");
        let server = Server::start(&[
            "--tls-cert-file",
            &certificate,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &ca,
            "--requirepass",
            PASSWORD,
            "--tls-port",
            &port,
            "--tls-auth-clients",
            auth_clients,
        ]);
        (server, format!("rediss://:{PASSWORD}@localhost:{port}"))
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

const MAKE: &str = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority \
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

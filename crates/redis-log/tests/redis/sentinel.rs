//! Redis behind sentinels, which say where the master is.

use std::fs;
use std::process::{Child, Command, Stdio};

use crate::hub::Hub;
use crate::server::{Server, eventually, free_port};

struct Sentinel {
    port: u16,
    process: Child,
    directory: std::path::PathBuf,
}

impl Sentinel {
    /// One that watches the master at this port as `mymaster`.
    fn start(master: u16, more: &[&str]) -> Self {
        let port = free_port();
        let directory = std::env::temp_dir().join(format!("redis-log-sentinel-{port}"));
        fs::create_dir_all(&directory).unwrap();
        let file = directory.join("sentinel.conf");
        let more = more.join("\n");
        let text = format!(
            "bind 127.0.0.1\nport {port}\ndir {}\nloglevel warning\n\
             sentinel monitor mymaster 127.0.0.1 {master} 1\n\
             sentinel down-after-milliseconds mymaster 500\n\
             sentinel failover-timeout mymaster 2000\n{more}\n",
            directory.display()
        );
        fs::write(&file, text).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel").stdout(Stdio::null());
        let process = command.spawn().expect("redis-server is installed");
        let sentinel = Self { port, process, directory };
        eventually("the sentinel serves", || sentinel.connect().is_some());
        sentinel
    }

    fn connect(&self) -> Option<redis::Connection> {
        let url = format!("redis://127.0.0.1:{}", self.port);
        redis::Client::open(url).unwrap().get_connection().ok()
    }

    fn knows_a_replica(&self) -> bool {
        let mut ask = redis::cmd("SENTINEL");
        ask.arg("REPLICAS").arg("mymaster");
        let replicas: Vec<redis::Value> = ask.query(&mut self.connect().unwrap()).unwrap();
        !replicas.is_empty()
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.directory));
    }
}

fn server(port: u16, more: &[&str]) -> Server {
    let port = port.to_string();
    Server::start(&[&["--port", &port, "--repl-diskless-sync-delay", "0"], more].concat())
}

#[test]
fn the_master_is_found_and_followed_over_failovers() {
    let ports = [free_port(), free_port()];
    let mut master = server(ports[0], &[]);
    let replica = server(ports[1], &[]);
    replica.execute(&format!("REPLICAOF 127.0.0.1 {}", ports[0]));
    let sentinel = Sentinel::start(ports[0], &[]);
    // The first is not there; the second knows.
    let url =
        format!("redis+sentinel://127.0.0.1:{},127.0.0.1:{}/mymaster", free_port(), sentinel.port);
    let mut hub = Hub::following(&url);
    let before = hub.publish("t", "before").unwrap();
    hub.until_arrived(before);
    eventually("the sentinel knows the replica", || sentinel.knows_a_replica());
    let length = |server: &Server| -> usize {
        redis::cmd("XLEN").arg("sse").query(&mut server.connect()).unwrap()
    };
    eventually("the replica has it", || length(&replica) == length(&master));
    master.kill();
    hub.until_it_can_publish();
    let after = hub.publish("t", "after").unwrap();
    hub.until_arrived(after);
    assert_eq!(hub.data("t"), ["before", "after"]);
    assert_eq!(hub.lost, []);
    let role: redis::Value = redis::cmd("ROLE").query(&mut replica.connect()).unwrap();
    assert!(format!("{role:?}").contains("master"), "{role:?}");
}

#[test]
fn a_name_that_no_sentinel_knows_is_reported() {
    let port = free_port();
    let _master = server(port, &[]);
    let sentinel = Sentinel::start(port, &[]);
    let absent = free_port();
    let url =
        format!("redis+sentinel://:s3cret@127.0.0.1:{},127.0.0.1:{absent}/theirs", sentinel.port);
    let why = Hub::start(&url).until_disconnected();
    assert_eq!(
        why,
        format!(
            "no sentinel says where theirs is: 127.0.0.1:{} watches no master theirs, 127.0.0.1:{absent}: \
             Connection refused (os error 111); check the names of sentinels and master in its URL: \
             redis+sentinel://host,host/mymaster",
            sentinel.port
        )
    );
}

#[test]
fn what_a_sentinel_names_has_to_be_a_master() {
    let ports = [free_port(), free_port()];
    let _master = server(ports[0], &[]);
    let replica = server(ports[1], &[]);
    replica.execute(&format!("REPLICAOF 127.0.0.1 {}", ports[0]));
    let sentinel = Sentinel::start(ports[1], &[]);
    let url = format!("redis+sentinel://127.0.0.1:{}/mymaster", sentinel.port);
    let mut hub = Hub::start(&url);
    let why = hub.until_disconnected();
    assert!(why.starts_with("its sentinels name a server that is no master"), "{why}");
    replica.execute("REPLICAOF NO ONE");
    hub.until_it_can_publish();
}

#[test]
fn sentinels_may_want_another_password_or_the_same() {
    let port = free_port();
    let _master = server(port, &["--requirepass", "s3cret", "--masterauth", "s3cret"]);
    for (theirs, parameters) in [("0ther", "?sentinel_pass=0ther"), ("s3cret", "")] {
        let requirepass = format!("requirepass {theirs}");
        let auth = "sentinel auth-pass mymaster s3cret";
        let sentinel = Sentinel::start(port, &[auth, &requirepass]);
        let url =
            format!("redis+sentinel://:s3cret@127.0.0.1:{}/mymaster{parameters}", sentinel.port);
        Hub::following(&url).publish("t", "x").unwrap();
        let wrong = url.replace(":s3cret@", ":wr0ng@").replace("=0ther", "=wr0ng");
        let why = Hub::start(&wrong).until_disconnected();
        assert!(why.contains("refuses this user and password"), "{why}");
        assert!(!why.contains("wr0ng"), "{why}");
    }
}

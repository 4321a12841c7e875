//! A Redis of the test's own, on sockets in a directory of its own, and commands to it.

use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio, id};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use redis::{Client, Connection};
use rustix::process::{Pid, Signal, kill_process};

pub(crate) struct Server {
    directory: PathBuf,
    options: Vec<String>,
    process: Option<Child>,
}

impl Server {
    /// Starts one that keeps every entry on its disk before it answers.
    pub(crate) fn start(options: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = env::temp_dir().join(format!("redis-log-{}-{count}", id()));
        fs::create_dir_all(&directory).unwrap();
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = Self { directory, options, process: None };
        server.restart();
        server
    }

    pub(crate) fn restart(&mut self) {
        self.kill();
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", "0", "--save", "", "--appendonly", "yes"]);
        command.args(["--appendfsync", "always", "--loglevel", "warning"]);
        command.arg("--unixsocket").arg(self.socket()).arg("--dir").arg(&self.directory);
        command.args(&self.options).stdout(Stdio::null());
        self.process = Some(command.spawn().expect("redis-server is installed"));
        eventually("Redis serves", || {
            let connection = Client::open(self.url()).unwrap().get_connection();
            connection.is_ok_and(|mut connection| {
                let answer: redis::RedisResult<String> = redis::cmd("PING").query(&mut connection);
                // That a password is wanted is an answer too.
                answer.is_ok_and(|pong| pong == "PONG")
                    || self.options.iter().any(|option| option == "--requirepass")
            })
        });
    }

    /// With SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            assert_eq!(process.wait().unwrap().signal(), Some(9));
        }
    }

    pub(crate) fn lose_everything(&mut self) {
        self.kill();
        fs::remove_dir_all(self.directory.join("appendonlydir")).unwrap();
        self.restart();
    }

    /// Freezes it, or has it go on.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(self.process.as_ref().unwrap()), signal).unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    pub(crate) fn connect(&self) -> Connection {
        Client::open(self.url()).unwrap().get_connection().unwrap()
    }

    /// Executes a command to one that wants a password.
    pub(crate) fn execute_as(&self, password: &str, command: &str) {
        let client = Client::open(format!("{}?pass={password}", self.url())).unwrap();
        let words: Vec<&str> = command.split(' ').collect();
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).exec(&mut client.get_connection().unwrap()).unwrap();
    }

    /// Executes a command, written as for redis-cli.
    pub(crate) fn execute(&self, command: &str) {
        let mut words = command.split(' ');
        let mut command = redis::cmd(words.next().unwrap());
        for word in words {
            command.arg(word);
        }
        command.exec(&mut self.connect()).unwrap();
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.join("redis.sock")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
        drop(fs::remove_dir_all(&self.directory));
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

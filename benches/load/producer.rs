//! A PHP script that publishes what it is told, as a queue worker would.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command};

use server_tests::process::Process;
use server_tests::{binary, extension};
use sse_load::Publish;

use crate::hub::{self, Hub};

/// For each line, which is a topic, a space, and data, it answers with the event's id or an error.
const SCRIPT: &str = r"<?php
while (($line = fgets(STDIN)) !== false) {
    [$topic, $data] = explode(' ', rtrim($line), 2);
    try {
        echo Sse::publish($topic, $data), PHP_EOL;
    } catch (SseException $e) {
        echo 'error: ', $e->getMessage(), PHP_EOL;
    }
}
";

/// A way to publish under one topic.
#[derive(Debug)]
pub(crate) struct Producer {
    _process: Process,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    topic: String,
}

impl Producer {
    /// Starts the script; the hub's socket is in `directory`, and `spawns` is `sse.hub_spawn`.
    pub(crate) fn start(directory: &Path, topic: &str, spawns: &str) -> io::Result<Self> {
        let script = directory.join("publish.php");
        std::fs::write(&script, SCRIPT)?;
        let mut command = Command::new(binary::php());
        command.args(["-n", "-d", "display_errors=stderr"]);
        command.arg("-d").arg(format!("extension={}", extension::path().display()));
        command.arg("-d").arg(format!("sse.hub_socket={}", Hub::socket(directory).display()));
        command.arg("-d").arg(format!("sse.hub_path={}", hub::binary().display()));
        command.arg("-d").arg(format!("sse.hub_spawn={spawns}")).arg(script);
        let (process, stdin, stdout) = Process::spawn_piped("producer", &mut command, directory);
        let stdout = BufReader::new(stdout);
        Ok(Self { _process: process, stdin, stdout, topic: topic.to_owned() })
    }
}

impl Publish for Producer {
    fn publish(&mut self, data: &str) -> io::Result<()> {
        let topic = self.topic.clone();
        self.publish_under(&topic, data)
    }
}

impl Producer {
    /// Publishes under another topic.
    pub(crate) fn publish_under(&mut self, topic: &str, data: &str) -> io::Result<()> {
        self.publish_for_id(topic, data).map(drop)
    }

    /// The same; the event's id.
    pub(crate) fn publish_for_id(&mut self, topic: &str, data: &str) -> io::Result<String> {
        self.stdin.write_all(format!("{topic} {data}\n").as_bytes())?;
        let mut answer = String::new();
        match self.stdout.read_line(&mut answer)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ if answer.starts_with("error: ") => Err(io::Error::other(answer)),
            _ => Ok(answer),
        }
    }
}

//! Firefox's own protocol: over TCP, each message JSON with its length in front. Its commands are those of
//! the `WebDriver` standard, and so are their parameters.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::patience::stretched;

#[derive(Debug)]
pub(super) struct Marionette {
    stream: BufReader<TcpStream>,
    /// The number of the last command.
    number: u64,
}

impl Marionette {
    pub(super) fn connect(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(addr)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(stretched(Duration::from_secs(60))))?;
        let mut marionette = Self { stream: BufReader::new(stream), number: 0 };
        let hello = marionette.receive()?;
        match hello["marionetteProtocol"].as_u64() {
            Some(3) => Ok(marionette),
            _ => Err(io::Error::other(format!("no known version: {hello}"))),
        }
    }

    /// Runs a command: its result, or Firefox's error.
    pub(super) fn call(&mut self, command: &str, parameters: &Value) -> Result<Value, String> {
        self.number += 1;
        let message = json!([0, self.number, command, parameters]).to_string();
        let stream = self.stream.get_mut();
        write!(stream, "{}:{message}", message.len()).map_err(|error| error.to_string())?;

        let mut answer = self.receive().map_err(|error| error.to_string())?;
        match (answer[1].as_u64(), &answer[2]) {
            (Some(number), Value::Null) if number == self.number => Ok(answer[3].take()),
            (Some(number), error) if number == self.number => Err(error["message"].to_string()),
            _ => Err(format!("that is no answer: {answer}")),
        }
    }

    fn receive(&mut self) -> io::Result<Value> {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length)?;
        let length = str::from_utf8(&length).ok().and_then(|text| text.strip_suffix(':'));
        let length = length.and_then(|digits| digits.parse().ok());
        let mut message = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
        self.stream.read_exact(&mut message)?;
        Ok(serde_json::from_slice(&message)?)
    }
}

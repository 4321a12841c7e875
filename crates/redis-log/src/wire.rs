//! What is said to Redis and what it answers, in plain or by TLS.

use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use redis::{ConnectionLike, ErrorKind, RedisResult, Value};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::reply;
use crate::socket::{Address, Socket};

/// A connection on which every wait has an end, and every answer a bounded size.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: BufReader<Stream>,
    patience: Duration,
    /// The longest string that is kept, in bytes.
    longest: usize,
}

#[derive(Debug)]
enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Wire {
    /// Connects within this time; each answer may take as long.
    pub(crate) fn connect(
        address: &Address,
        tls: Option<&Arc<ClientConfig>>,
        patience: Duration,
        longest: usize,
    ) -> RedisResult<Self> {
        let socket = Socket::connect(address, patience)?;
        let stream = match (tls, address) {
            (Some(config), Address::Tcp(host, _)) => {
                let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
                let tls = ClientConnection::new(Arc::clone(config), name);
                let tls = StreamOwned::new(tls.map_err(io::Error::other)?, socket);
                Stream::Tls(Box::new(tls))
            }
            _ => Stream::Plain(socket),
        };
        Ok(Self { stream: BufReader::new(stream), patience, longest })
    }

    /// How long an answer may take from now on.
    pub(crate) fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    pub(crate) fn send(&mut self, packed: &[u8]) -> RedisResult<()> {
        self.allow();
        let stream = self.stream.get_mut();
        stream.write_all(packed)?;
        Ok(stream.flush()?)
    }

    /// The next answer. What Redis says to be an error is one.
    pub(crate) fn receive(&mut self) -> RedisResult<Value> {
        self.allow();
        reply::read(&mut self.stream, self.longest)?.extract_error()
    }

    /// Whether a command may be sent: the other end has not hung up while nobody asked it anything, nor said
    /// anything. Does not wait.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.stream.buffer().is_empty()
            && match self.stream.get_mut() {
                Stream::Plain(socket) => !socket.has_news(),
                Stream::Tls(stream) => is_quiet(stream),
            }
    }

    fn allow(&mut self) {
        let patience = self.patience;
        match self.stream.get_mut() {
            Stream::Plain(socket) => socket.allow(patience),
            Stream::Tls(stream) => stream.sock.allow(patience),
        }
    }
}

/// What comes by TLS need not be meant for us: keys for the next session are not.
fn is_quiet(stream: &mut StreamOwned<ClientConnection, Socket>) -> bool {
    let StreamOwned { conn, sock } = stream;
    while sock.has_news() {
        sock.allow(Duration::from_secs(1));
        if !matches!(conn.read_tls(sock), Ok(1..)) {
            return false;
        }
        match conn.process_new_packets() {
            Ok(state) if !state.peer_has_closed() && state.plaintext_bytes_to_read() == 0 => {}
            _ => return false,
        }
    }
    true
}

impl Read for Stream {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(to),
            Self::Tls(stream) => stream.read(to),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// So that the library's commands are asked on it.
impl ConnectionLike for Wire {
    fn req_packed_command(&mut self, command: &[u8]) -> RedisResult<Value> {
        self.send(command)?;
        self.receive()
    }

    fn req_packed_commands(&mut self, _: &[u8], _: usize, _: usize) -> RedisResult<Vec<Value>> {
        Err((ErrorKind::Client, "pipelines are written by hand").into())
    }

    fn get_db(&self) -> i64 {
        0
    }

    fn check_connection(&mut self) -> bool {
        self.is_usable()
    }

    fn is_open(&self) -> bool {
        true
    }
}

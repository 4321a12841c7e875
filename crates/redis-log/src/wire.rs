//! Sends commands to Redis and reads its replies, in plain text or over TLS.

use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use redis::{ConnectionLike, ErrorKind, RedisResult, Value};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::reply;
use crate::socket::{Address, Socket};

/// A connection on which every wait ends at a deadline, and every reply takes bounded memory.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: BufReader<Transport>,
    timeout: Duration,
    /// The longest string that is kept, in bytes.
    max_string: usize,
}

#[derive(Debug)]
enum Transport {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Wire {
    /// Connects within this time. Each reply may take as long.
    pub(crate) fn connect(
        address: &Address,
        tls: Option<&Arc<ClientConfig>>,
        timeout: Duration,
        max_string: usize,
    ) -> RedisResult<Self> {
        let socket = Socket::connect(address, timeout)?;
        let stream = match (tls, address) {
            (Some(config), Address::Tcp(host, _)) => {
                let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
                let tls = ClientConnection::new(Arc::clone(config), name);
                let tls = StreamOwned::new(tls.map_err(io::Error::other)?, socket);
                Transport::Tls(Box::new(tls))
            }
            _ => Transport::Plain(socket),
        };
        Ok(Self { stream: BufReader::new(stream), timeout, max_string })
    }

    /// Sets the time that a reply may take from now on.
    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    pub(crate) fn send(&mut self, packed: &[u8]) -> RedisResult<()> {
        self.reset_deadline();
        let stream = self.stream.get_mut();
        stream.write_all(packed)?;
        Ok(stream.flush()?)
    }

    /// Reads the next reply. An error reply is returned as an error.
    pub(crate) fn receive(&mut self) -> RedisResult<Value> {
        self.reset_deadline();
        reply::read(&mut self.stream, self.max_string)?.extract_error()
    }

    /// True if a command may be sent: since the last reply, the other end has neither closed the connection nor
    /// sent anything. Does not wait.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.stream.buffer().is_empty()
            && match self.stream.get_mut() {
                Transport::Plain(socket) => !socket.is_readable(),
                Transport::Tls(stream) => is_tls_idle(stream),
            }
    }

    fn reset_deadline(&mut self) {
        let timeout = self.timeout;
        match self.stream.get_mut() {
            Transport::Plain(socket) => socket.reset_deadline(timeout),
            Transport::Tls(stream) => stream.sock.reset_deadline(timeout),
        }
    }
}

/// True if TLS has brought no data of Redis and no close. Keys for the next session may have come.
fn is_tls_idle(stream: &mut StreamOwned<ClientConnection, Socket>) -> bool {
    let StreamOwned { conn, sock } = stream;
    while sock.is_readable() {
        sock.reset_deadline(Duration::from_secs(1));
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

impl Read for Transport {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(to),
            Self::Tls(stream) => stream.read(to),
        }
    }
}

impl Write for Transport {
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

/// Lets the commands of the redis crate run on it.
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

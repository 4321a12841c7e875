//! A connection, with or without TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::net::sockopt::{set_socket_linger, set_socket_recv_buffer_size};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::reader::{End, Piece, ReadError, Source, time_left};

/// The bytes of a connection.
#[derive(Debug)]
pub struct Wire {
    stream: Stream,
    end: Option<End>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Wire {
    pub(super) fn connect(addr: SocketAddr, tls: Option<Arc<ClientConfig>>) -> io::Result<Self> {
        let tcp = TcpStream::connect(addr)?;
        tcp.set_nodelay(true)?;
        let stream = match tls {
            None => Stream::Plain(tcp),
            Some(config) => {
                let session = ClientConnection::new(config, addr.ip().into());
                let session = session.map_err(io::Error::other)?;
                Stream::Tls(Box::new(StreamOwned::new(session, tcp)))
            }
        };
        Ok(Self { stream, end: None })
    }

    fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(tcp) => tcp,
            Stream::Tls(tls) => &tls.sock,
        }
    }

    /// Sets the number of bytes that the kernel takes in before the server has to wait (it doubles them).
    pub fn set_receive_buffer(&self, bytes: usize) {
        set_socket_recv_buffer_size(self.tcp(), bytes).unwrap();
    }

    /// Says that nothing more will be sent, and stays to read.
    pub fn half_close(&self) {
        self.tcp().shutdown(Shutdown::Write).unwrap();
    }

    /// Closes it, after TLS's `close_notify`. If there are bytes that were not read, the kernel makes a
    /// reset of it.
    pub fn close(mut self) {
        if let Stream::Tls(tls) = &mut self.stream {
            tls.conn.send_close_notify();
            // The server may be gone; then nobody needs it.
            let _ = tls.flush();
        }
    }

    /// Closes it with a reset (RST), as a machine does that knows of no such connection.
    pub fn reset(self) {
        set_socket_linger(self.tcp(), Some(Duration::ZERO)).unwrap();
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.write(bytes),
            Stream::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.flush(),
            Stream::Tls(tls) => tls.flush(),
        }
    }
}

impl Source for Wire {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};

        let mut buffer = vec![0; 1 << 16];
        while self.end.is_none() {
            let late = ReadError::Late { received: Vec::new() };
            let Some(left) = time_left(deadline) else { return Err(late) };
            self.tcp().set_read_timeout(Some(left)).map_err(ReadError::Io)?;
            let read = match &mut self.stream {
                Stream::Plain(tcp) => tcp.read(&mut buffer),
                Stream::Tls(tls) => tls.read(&mut buffer),
            };
            match read {
                Ok(0) => self.end = Some(End::Clean),
                Ok(count) => {
                    buffer.truncate(count);
                    return Ok(Some(Piece { at: Instant::now(), bytes: buffer }));
                }
                Err(error) if matches!(error.kind(), Interrupted | TimedOut | WouldBlock) => {}
                Err(error) => self.end = Some(End::Cut(error.to_string())),
            }
        }
        Ok(None)
    }

    fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }
}

/// A client that trusts this certificate and no other.
pub(crate) fn trusting(certificate: CertificateDer<'static>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(config.unwrap().with_root_certificates(roots).with_no_client_auth())
}

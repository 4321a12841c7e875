//! A small HTTP/1.1 client that hides nothing: the head as it was sent, the body as it arrives, and
//! whether it ended as it should.
//!
//! Each request has a connection of its own.
//!
//! # Layout
//! - `wire`: a connection, with or without TLS
//! - `head`, `body`: status line and fields; where a body starts and ends
//! - `response`: both, as they arrive

mod body;
mod head;
mod response;
mod wire;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

pub use self::head::Head;
pub use self::response::{Body, Response};
pub use self::wire::Wire;
pub(crate) use self::wire::trusting;

use crate::event_stream::EventStreamReader;
use crate::patience::soon;
use crate::reader::ReadError;

/// A response whose body is read as an event stream.
pub type EventStream = EventStreamReader<Body>;

/// A request; without a body unless it is given one.
#[derive(Clone, Debug)]
pub struct Request {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A GET for `target`, a path with or without a query.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A HEAD for `target`.
    pub fn head(target: &str) -> Self {
        Self::new("HEAD", target)
    }

    /// An OPTIONS for `target`.
    pub fn options(target: &str) -> Self {
        Self::new("OPTIONS", target)
    }

    /// A DELETE for `target`.
    pub fn delete(target: &str) -> Self {
        Self::new("DELETE", target)
    }

    /// A POST of `body` to `target`; its type is up to [`Request::header`].
    pub fn post(target: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = body.len().to_string();
        Self { body, ..Self::new("POST", target).header("Content-Length", &length) }
    }

    fn new(method: &'static str, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// With a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn to_bytes(&self, host: SocketAddr) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\nHost: {host}\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            bytes.extend([name, ": ", value, "\r\n"]);
        }
        bytes += "\r\n";
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Where a server listens, and whether it speaks TLS.
#[derive(Clone, Debug)]
pub struct Endpoint {
    addr: SocketAddr,
    tls: Option<Arc<rustls::ClientConfig>>,
}

impl Endpoint {
    /// Without TLS.
    pub fn plain(addr: SocketAddr) -> Self {
        Self { addr, tls: None }
    }

    /// With TLS, under that configuration.
    pub fn tls(addr: SocketAddr, config: Arc<rustls::ClientConfig>) -> Self {
        Self { addr, tls: Some(config) }
    }

    /// The address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL of a path there.
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.addr)
    }

    /// A connection on which nothing was sent yet.
    #[track_caller]
    pub fn connect(&self) -> Wire {
        Wire::connect(self.addr, self.tls.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", self.addr))
    }

    /// Sends a request and reads the head of its response.
    ///
    /// # Panics
    /// When no head comes.
    #[track_caller]
    pub fn send(&self, request: &Request) -> Response {
        self.try_send(request, soon()).unwrap_or_else(|error| panic!("{request:?}: {error:?}"))
    }

    /// [`Endpoint::send`] for servers that may be down, or slow.
    pub fn try_send(&self, request: &Request, deadline: Instant) -> Result<Response, ReadError> {
        let mut wire = Wire::connect(self.addr, self.tls.clone()).map_err(ReadError::Io)?;
        wire.write_all(&request.to_bytes(self.addr)).map_err(ReadError::Io)?;
        Response::read(wire, request.method, deadline)
    }

    /// Sends a GET.
    #[track_caller]
    pub fn get(&self, target: &str) -> Response {
        self.send(&Request::get(target))
    }
}

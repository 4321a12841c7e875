//! Small proxies that hold streams back, each in a way of its own.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;

/// What a proxy does to a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It waits for the end of the response.
    Waits,
    /// The same, and it speaks HTTP/1.0 to the server.
    SpeaksHttp10,
    /// It compresses, and never flushes.
    Compresses,
}

/// Starts one in front of a server. Its thread ends with the test.
pub(crate) fn start(way: Way, server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || pass(way, client, server));
        }
    });
    addr
}

fn pass(way: Way, mut client: TcpStream, server: SocketAddr) -> io::Result<()> {
    let mut upstream = TcpStream::connect(server)?;
    let request = read_request(&mut client)?;
    let version = if way == Way::Waits { "HTTP/1.1" } else { "HTTP/1.0" };
    upstream.write_all(request.replacen("HTTP/1.1", version, 1).as_bytes())?;
    if way == Way::Compresses && request.contains("probe=") {
        compress(&mut upstream, &mut client)?;
    } else {
        let mut response = Vec::new();
        upstream.read_to_end(&mut response)?;
        client.write_all(&response)?;
    }
    client.shutdown(Shutdown::Both)
}

/// Reads a request, up to the end of its body.
fn read_request(client: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = client.read(&mut piece)?;
        bytes.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&bytes);
        if length == 0
            || text.split_once("\r\n\r\n").is_some_and(|(head, body)| is_whole(head, body))
        {
            return Ok(text.into_owned());
        }
    }
}

fn is_whole(head: &str, body: &str) -> bool {
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// The head goes out at once, and so does what is compressed: all that a compressor gives before it is finished.
fn compress(upstream: &mut TcpStream, client: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        upstream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    head.truncate(head.len() - 2);
    client.write_all(&head)?;
    client.write_all(b"Content-Encoding: gzip\r\n\r\n")?;
    let mut encoder = GzEncoder::new(client, Compression::default());
    io::copy(upstream, &mut encoder)?;
    encoder.finish().map(drop)
}

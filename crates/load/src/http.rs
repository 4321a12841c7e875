//! Plain HTTP requests, one after the other on a connection that is kept.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The time that a response may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to a server, for one request at a time.
#[derive(Debug)]
pub struct Connection {
    server: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects. Later, each operation that blocks for 10 seconds is an error.
    ///
    /// # Errors
    ///
    /// When nobody listens there.
    pub fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { server, stream: BufReader::new(stream) })
    }

    /// Gets a page, and returns its status and body.
    ///
    /// # Errors
    ///
    /// When the connection fails, or the answer is not HTTP.
    pub fn get(&mut self, path: &str) -> io::Result<(u16, Vec<u8>)> {
        self.exchange("GET", path, b"")
    }

    /// Posts `body`, and returns the status and body of the response.
    ///
    /// # Errors
    ///
    /// When the connection fails, or the answer is not HTTP.
    pub fn post(&mut self, path: &str, body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        self.exchange("POST", path, body)
    }

    fn exchange(&mut self, method: &str, path: &str, body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        let (server, length) = (self.server, body.len());
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {server}\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or(ErrorKind::InvalidData)?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                None => break,
                Some(("content-length", value)) => length = number(value.trim(), 10)?,
                Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
                Some(_) => {}
            }
        }
        let mut body = Vec::new();
        if !chunked {
            self.take(length, &mut body)?;
            return Ok((status, body));
        }
        loop {
            let size = number(&self.line()?, 16)?;
            self.take(size, &mut body)?;
            self.line()?;
            if size == 0 {
                return Ok((status, body));
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn take(&mut self, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
        match self.stream.by_ref().take(length).read_to_end(body)? as u64 {
            all if all == length => Ok(()),
            _ => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

fn number(text: &str, radix: u32) -> io::Result<u64> {
    u64::from_str_radix(text, radix).map_err(|_| ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn answers_of_every_length_follow_one_another_on_one_connection() {
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        ];
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(answers.concat().as_bytes()).unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap();
        });
        let mut connection = Connection::open(server).unwrap();
        let got = [connection.get("/"), connection.post("/", b"x"), connection.get("/")];
        let got = got.map(Result::unwrap);
        assert_eq!(got, [(200, b"ab".to_vec()), (200, b"abc".to_vec()), (404, Vec::new())]);
    }
}

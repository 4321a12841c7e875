//! Frames bytes for a connection: as records of FastCGI, as chunks of HTTP/1.1, or not at all.
//!
//! The invariant: what is wrapped is whole, so that nothing else can come to stand inside it.

use std::io::Write;

use hub_protocol::Framing;

/// nginx, Apache and lighttpd number their only request so.
const USUAL_REQUEST: u16 = 1;

const FCGI_VERSION: u8 = 1;
const FCGI_END_REQUEST: u8 = 3;
const FCGI_STDOUT: u8 = 6;
const FCGI_STDERR: u8 = 7;
const RECORD_LIMIT: usize = u16::MAX as usize;

/// Where the bytes of a stream go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// To a client, by way of a web server or not.
    Http(Framing),
    /// To a worker, which serves the stream itself.
    Worker,
}

impl Output {
    /// The number of encodings whose bytes are worth sharing.
    pub(crate) const SHARED: usize = 4;

    /// The index of this one among them, if it is one.
    pub(crate) fn shared(self) -> Option<usize> {
        match self {
            Self::Http(Framing::FastCgi { request_id: USUAL_REQUEST, .. }) => Some(0),
            Self::Http(Framing::FastCgi { .. }) => None,
            Self::Http(Framing::Raw) => Some(1),
            Self::Http(Framing::Chunked) => Some(2),
            Self::Worker => Some(3),
        }
    }
}

/// The bytes as they have to be sent.
pub(crate) fn wrap(framing: Framing, bytes: &[u8]) -> Vec<u8> {
    match framing {
        Framing::Raw => bytes.to_vec(),
        Framing::Chunked if bytes.is_empty() => Vec::new(), // it would be the end
        Framing::Chunked => chunk(bytes),
        Framing::FastCgi { request_id, .. } => {
            let mut records =
                Vec::with_capacity(bytes.len() + 8 * (bytes.len() / RECORD_LIMIT + 1));
            for content in bytes.chunks(RECORD_LIMIT) {
                records.extend(header(FCGI_STDOUT, request_id, content.len()));
                records.extend(content);
            }
            records
        }
    }
}

/// What ends a response. Where nginx would keep the connection there is an empty record behind the end: it closes
/// a connection with more on it than the response (`ngx_http_fastcgi_module.c`). Without that it may send its
/// next request before it sees that the hub has closed the connection, and answer 502.
pub(crate) fn end(framing: Framing) -> Vec<u8> {
    match framing {
        Framing::Raw => Vec::new(),
        Framing::Chunked => b"0\r\n\r\n".to_vec(),
        Framing::FastCgi { request_id, is_kept } => {
            let complete = [0; 8]; // exit status 0, FCGI_REQUEST_COMPLETE
            let mut record = header(FCGI_END_REQUEST, request_id, complete.len()).to_vec();
            record.extend(complete);
            if is_kept {
                record.extend(header(FCGI_STDERR, request_id, 0));
            }
            record
        }
    }
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = Vec::with_capacity(bytes.len() + 20);
    // A vector takes whatever is written to it.
    let _ = write!(chunk, "{:x}\r\n", bytes.len());
    chunk.extend(bytes);
    chunk.extend(b"\r\n");
    chunk
}

/// The header of a record (FastCGI 1.0, section 3.3), without padding. The length is at most
/// [`RECORD_LIMIT`].
fn header(kind: u8, request_id: u16, length: usize) -> [u8; 8] {
    let [id_high, id_low] = request_id.to_be_bytes();
    let [.., length_high, length_low] = length.to_be_bytes();
    [FCGI_VERSION, kind, id_high, id_low, length_high, length_low, 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FASTCGI: Framing = Framing::FastCgi { request_id: 0x0102, is_kept: false };

    #[test]
    fn raw_bytes_stay_as_they_are() {
        assert_eq!(wrap(Framing::Raw, b"data: x\n\n"), b"data: x\n\n");
        assert_eq!(end(Framing::Raw), b"");
    }

    #[test]
    fn a_chunk_has_its_length_in_front() {
        assert_eq!(
            wrap(Framing::Chunked, &[b'x'; 26]),
            [b"1a\r\n", &[b'x'; 26][..], b"\r\n"].concat()
        );
        assert_eq!(wrap(Framing::Chunked, b""), b"", "an empty chunk would end the response");
        assert_eq!(end(Framing::Chunked), b"0\r\n\r\n");
    }

    #[test]
    fn a_record_names_its_request_and_its_length() {
        assert_eq!(wrap(FASTCGI, b"abc"), b"\x01\x06\x01\x02\x00\x03\x00\x00abc");
        assert_eq!(wrap(FASTCGI, b""), b"");
        assert_eq!(end(FASTCGI), b"\x01\x03\x01\x02\x00\x08\x00\x00\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn on_a_connection_that_nginx_keeps_something_stands_behind_the_end() {
        let kept = Framing::FastCgi { request_id: 0x0102, is_kept: true };
        assert_eq!(end(kept), [&end(FASTCGI)[..], b"\x01\x07\x01\x02\0\0\0\0"].concat());
        assert_eq!(wrap(kept, b"abc"), wrap(FASTCGI, b"abc"));
    }

    #[test]
    fn more_than_a_record_holds_goes_into_several() {
        let bytes = vec![b'x'; 65_536];
        let records = wrap(FASTCGI, &bytes);
        assert_eq!(records[..8], *b"\x01\x06\x01\x02\xff\xff\x00\x00");
        assert_eq!(records[8 + 65_535..], *b"\x01\x06\x01\x02\x00\x01\x00\x00x");
    }
}

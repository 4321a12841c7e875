//! Builds records of FastCGI 1.0: output, its end, the end of a request.

/// The length of a record's header, in bytes.
pub const HEADER: usize = 8;

/// `FCGI_Header` (FastCGI 1.0, 3.3).
pub type Header = [u8; HEADER];

/// The most that a record holds, in bytes: rounded down to a multiple of eight as the specification recommends.
pub const CONTENT_MAX: usize = 0xfff8;

const VERSION: u8 = 1;
const END_REQUEST: u8 = 3;
const STDOUT: u8 = 6;
const STDERR: u8 = 7;

/// Returns the header of an `FCGI_STDOUT` record of `length` bytes, at most [`CONTENT_MAX`], without padding. A
/// record of no bytes ends the output.
#[inline]
#[must_use]
pub fn stdout_header(request_id: u16, length: usize) -> Header {
    header(STDOUT, request_id, length)
}

/// Returns the record that ends the output of a request; the end of the request itself has to follow.
#[must_use]
pub fn end_of_stdout(request_id: u16) -> Header {
    stdout_header(request_id, 0)
}

#[inline]
fn header(kind: u8, request_id: u16, length: usize) -> Header {
    let [id_high, id_low] = request_id.to_be_bytes();
    let [length_high, length_low] = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
    [VERSION, kind, id_high, id_low, length_high, length_low, 0, 0]
}

/// Wraps bytes in `FCGI_STDOUT` records.
pub(crate) fn records(request_id: u16, bytes: &[u8]) -> Vec<u8> {
    let count = bytes.len().div_ceil(CONTENT_MAX);
    let mut records = Vec::with_capacity(bytes.len() + HEADER * count);
    for content in bytes.chunks(CONTENT_MAX) {
        records.extend(stdout_header(request_id, content.len()));
        records.extend_from_slice(content);
    }
    records
}

/// Returns the records that end a request. If nginx would keep the connection (`is_kept`), an empty record follows:
/// nginx closes a connection that has more on it than the response (`ngx_http_fastcgi_module.c`, wherever it meets
/// the end of a request). Without it, nginx may send its next request before it sees that the connection is closed,
/// and answer 502.
pub(crate) fn end(request_id: u16, is_kept: bool) -> Vec<u8> {
    const COMPLETE: [u8; 8] = [0; 8]; // exit status 0, FCGI_REQUEST_COMPLETE
    let mut end = header(END_REQUEST, request_id, COMPLETE.len()).to_vec();
    end.extend(COMPLETE);
    if is_kept {
        end.extend(header(STDERR, request_id, 0));
    }
    end
}

//! How bytes travel to a server: as they are, or in FastCGI records.

use std::io::IoSlice;

/// How bytes travel to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// As they are: `php -S`, pipes.
    Raw,
    /// In `FCGI_STDOUT` records of this request (FastCGI 1.0, 3.3).
    FastCgi {
        /// The request the records belong to.
        request_id: u16,
    },
}

/// The most that one FastCGI record holds, in bytes, rounded down to a multiple of eight as the
/// specification recommends.
const RECORD_MAX: usize = 0xfff8;
const HEADER: usize = 8;
const VERSION: u8 = 1;
const STDOUT: u8 = 6;

/// The record headers of some payload; made first, because the slices of a write refer to them.
pub(crate) struct Headers(Vec<[u8; HEADER]>);

impl Framing {
    /// The headers under which `payload` travels: one for each record, none for raw bytes.
    pub(crate) fn headers(self, payload: &[u8]) -> Headers {
        let Self::FastCgi { request_id } = self else { return Headers(Vec::new()) };
        Headers(payload.chunks(RECORD_MAX).map(|chunk| stdout_header(request_id, chunk)).collect())
    }
}

/// `FCGI_Header` of an `FCGI_STDOUT` record without padding.
fn stdout_header(request_id: u16, content: &[u8]) -> [u8; HEADER] {
    let [id_high, id_low] = request_id.to_be_bytes();
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let [length_high, length_low] = length.to_be_bytes();
    [VERSION, STDOUT, id_high, id_low, length_high, length_low, 0, 0]
}

impl Headers {
    /// The slices to write: `payload` under its headers.
    pub(crate) fn slices<'a>(&'a self, payload: &'a [u8]) -> Vec<IoSlice<'a>> {
        if self.0.is_empty() {
            return vec![IoSlice::new(payload)];
        }
        let records = self.0.iter().zip(payload.chunks(RECORD_MAX));
        records.flat_map(|(header, chunk)| [IoSlice::new(header), IoSlice::new(chunk)]).collect()
    }
}

/// What is left of `slices` after their first `written` bytes, as one run of bytes.
pub(crate) fn rest_of(slices: &[IoSlice<'_>], written: usize) -> Vec<u8> {
    let mut skip = written;
    let mut rest = Vec::new();
    for slice in slices {
        let taken = skip.min(slice.len());
        skip -= taken;
        rest.extend_from_slice(&slice[taken..]);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(framing: Framing, payload: &[u8]) -> Vec<u8> {
        rest_of(&framing.headers(payload).slices(payload), 0)
    }

    #[test]
    fn raw_bytes_travel_as_they_are() {
        assert_eq!(wire(Framing::Raw, b"data: x\n\n"), b"data: x\n\n");
    }

    #[test]
    fn a_fastcgi_record_names_its_request_and_its_length() {
        let framing = Framing::FastCgi { request_id: 0x0102 };
        assert_eq!(wire(framing, b":\n"), b"\x01\x06\x01\x02\x00\x02\x00\x00:\n");
    }

    #[test]
    fn a_payload_larger_than_a_record_is_cut_into_whole_records() {
        let framing = Framing::FastCgi { request_id: 1 };
        let payload = vec![b'x'; RECORD_MAX + 3];
        let mut expected = b"\x01\x06\x00\x01\xff\xf8\x00\x00".to_vec();
        expected.extend_from_slice(&payload[..RECORD_MAX]);
        expected.extend_from_slice(b"\x01\x06\x00\x01\x00\x03\x00\x00xxx");
        assert_eq!(wire(framing, &payload), expected);
    }

    #[test]
    fn nothing_is_no_record() {
        // An empty FCGI_STDOUT record would end the response.
        assert_eq!(wire(Framing::FastCgi { request_id: 1 }, b""), b"");
    }

    #[test]
    fn the_rest_after_a_partial_write_begins_where_it_ended() {
        let framing = Framing::FastCgi { request_id: 1 };
        let headers = framing.headers(b"abc");
        let slices = headers.slices(b"abc");
        let whole = rest_of(&slices, 0);
        for written in 0..=whole.len() {
            assert_eq!(rest_of(&slices, written), whole[written..], "{written} bytes written");
        }
    }
}

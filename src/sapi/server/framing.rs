//! How bytes travel to a server: as they are, or in FastCGI records.

use std::io::IoSlice;

use crate::stream::Packet;

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
const HEADER: usize = Packet::ROOM;
const VERSION: u8 = 1;
const STDOUT: u8 = 6;

impl Framing {
    /// How many echoed bytes the server itself would keep until the script flushes.
    pub(crate) fn echoes_kept(self) -> usize {
        match self {
            // `php -S` sends each write at once.
            Self::Raw => 0,
            // `fcgi_request.out_buf`, `main/fastcgi.c`.
            Self::FastCgi { .. } => 8192,
        }
    }

    /// A packet as it travels, if it does so in one run of bytes: not the empty one, whose record would
    /// end the response.
    #[inline]
    pub(crate) fn one_run(self, packet: &mut Packet) -> Option<&[u8]> {
        match self {
            _ if packet.is_empty() => None,
            Self::Raw => Some(packet.bytes()),
            Self::FastCgi { request_id } if packet.bytes().len() <= RECORD_MAX => {
                let header = stdout_header(request_id, packet.bytes());
                Some(packet.behind(header))
            }
            Self::FastCgi { .. } => None,
        }
    }

    /// Calls `send` with the slices that a packet travels as: one, or one for each header and record.
    pub(crate) fn with_slices<R>(
        self,
        packet: &mut Packet,
        send: impl FnOnce(&mut [IoSlice<'_>]) -> R,
    ) -> R {
        if let Some(run) = self.one_run(packet) {
            return send(&mut [IoSlice::new(run)]);
        }
        let Self::FastCgi { request_id } = self else { return send(&mut []) };
        let chunks = packet.bytes().chunks(RECORD_MAX);
        let headers: Vec<_> =
            chunks.clone().map(|chunk| stdout_header(request_id, chunk)).collect();
        let records = headers.iter().zip(chunks);
        let slices =
            records.flat_map(|(header, chunk)| [IoSlice::new(header), IoSlice::new(chunk)]);
        send(&mut slices.collect::<Vec<_>>())
    }

    /// What is left of a packet on its way after the first `written` bytes.
    pub(crate) fn rest(self, packet: &mut Packet, written: usize) -> Vec<u8> {
        self.with_slices(packet, |slices| {
            let mut slices = slices;
            IoSlice::advance_slices(&mut slices, written);
            slices.iter().flat_map(|slice| slice.iter().copied()).collect()
        })
    }
}

/// `FCGI_Header` of an `FCGI_STDOUT` record without padding.
fn stdout_header(request_id: u16, content: &[u8]) -> [u8; HEADER] {
    let [id_high, id_low] = request_id.to_be_bytes();
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let [length_high, length_low] = length.to_be_bytes();
    [VERSION, STDOUT, id_high, id_low, length_high, length_low, 0, 0]
}

/// The records that end a response: an empty `FCGI_STDOUT`, and `FCGI_END_REQUEST` with
/// `FCGI_REQUEST_COMPLETE` (FastCGI 1.0, 5.5).
pub(crate) fn end_records(request_id: u16) -> Vec<u8> {
    const END_REQUEST: u8 = 3;
    const BODY: [u8; 8] = [0; 8];
    let [id_high, id_low] = request_id.to_be_bytes();
    let end = [VERSION, END_REQUEST, id_high, id_low, 0, 8, 0, 0];
    [stdout_header(request_id, b""), end, BODY].concat()
}

/// An empty `FCGI_STDERR` record, for behind the end of a response: nginx closes a connection with more on it
/// than the response (`ngx_http_fastcgi_module.c`, wherever it meets the end of a request).
pub(crate) fn stray_record(request_id: u16) -> [u8; HEADER] {
    const STDERR: u8 = 7;
    let [id_high, id_low] = request_id.to_be_bytes();
    [VERSION, STDERR, id_high, id_low, 0, 0, 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(framing: Framing, payload: &[u8]) -> Vec<u8> {
        framing.rest(&mut Packet::of(payload), 0)
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
    fn a_response_ends_with_an_empty_record_and_the_end_of_its_request() {
        let expected = b"\x01\x06\x01\x02\0\0\0\0\x01\x03\x01\x02\0\x08\0\0\0\0\0\0\0\0\0\0";
        assert_eq!(end_records(0x0102), expected);
    }

    #[test]
    fn a_stray_record_has_no_content() {
        assert_eq!(stray_record(0x0102), *b"\x01\x07\x01\x02\0\0\0\0");
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
    fn the_rest_after_a_partial_write_begins_where_it_ended() {
        let framing = Framing::FastCgi { request_id: 1 };
        for payload in [b"abc".to_vec(), vec![b'x'; RECORD_MAX + 3]] {
            let whole = wire(framing, &payload);
            for written in (0..=whole.len()).step_by(1 + whole.len() / 1000) {
                assert_eq!(
                    framing.rest(&mut Packet::of(&payload), written),
                    whole[written..],
                    "{written} bytes"
                );
            }
        }
    }
}

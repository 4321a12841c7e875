//! Lays packets out as they travel: with FastCGI headers, in one run of bytes where that can be.

use std::io::IoSlice;

use framing::{CONTENT_MAX, Framing, HEADER, stdout_header};

use crate::stream::Packet;

// The room in front of a packet is for the header of a record.
const _: () = assert!(HEADER == Packet::ROOM);

/// Returns how many echoed bytes the server itself would keep until the script flushes.
pub(crate) fn echoes_kept(framing: Framing) -> usize {
    match framing {
        // `php -S` sends each write at once.
        Framing::Raw | Framing::Chunked => 0,
        // `fcgi_request.out_buf`, `main/fastcgi.c`.
        Framing::FastCgi { .. } => 8192,
    }
}

/// Returns a packet as it travels, if it does so in one run of bytes; `None` for the empty one, whose record would end
/// the response.
#[inline]
pub(crate) fn one_run(framing: Framing, packet: &mut Packet) -> Option<&[u8]> {
    match framing {
        _ if packet.is_empty() => None,
        Framing::Raw => Some(packet.bytes()),
        Framing::FastCgi { request_id, .. } if packet.bytes().len() <= CONTENT_MAX => {
            let header = stdout_header(request_id, packet.bytes().len());
            Some(packet.behind(header))
        }
        Framing::FastCgi { .. } | Framing::Chunked => None,
    }
}

/// Calls `send` with the slices that a packet travels as: one, or one for each header and record.
pub(crate) fn with_slices<R>(
    framing: Framing,
    packet: &mut Packet,
    send: impl FnOnce(&mut [IoSlice<'_>]) -> R,
) -> R {
    if let Some(run) = one_run(framing, packet) {
        return send(&mut [IoSlice::new(run)]);
    }
    let Framing::FastCgi { request_id, .. } = framing else {
        return send(&mut [IoSlice::new(&framing.wrap(packet.bytes()))]);
    };
    let chunks = packet.bytes().chunks(CONTENT_MAX);
    let headers: Vec<_> =
        chunks.clone().map(|chunk| stdout_header(request_id, chunk.len())).collect();
    let records = headers.iter().zip(chunks);
    let slices = records.flat_map(|(header, chunk)| [IoSlice::new(header), IoSlice::new(chunk)]);
    send(&mut slices.collect::<Vec<_>>())
}

/// Returns the bytes of a packet as it travels behind the first `written` ones.
pub(crate) fn rest(framing: Framing, packet: &mut Packet, written: usize) -> Vec<u8> {
    with_slices(framing, packet, |slices| {
        let mut slices = slices;
        IoSlice::advance_slices(&mut slices, written);
        slices.iter().flat_map(|slice| slice.iter().copied()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(framing: Framing, payload: &[u8]) -> Vec<u8> {
        rest(framing, &mut Packet::of(payload), 0)
    }

    #[test]
    fn raw_bytes_travel_as_they_are() {
        assert_eq!(wire(Framing::Raw, b"data: x\n\n"), b"data: x\n\n");
    }

    #[test]
    fn a_fastcgi_record_names_its_request_and_its_length() {
        let framing = Framing::FastCgi { request_id: 0x0102, is_kept: false };
        assert_eq!(wire(framing, b":\n"), b"\x01\x06\x01\x02\x00\x02\x00\x00:\n");
    }

    #[test]
    fn a_payload_larger_than_a_record_is_cut_into_whole_records() {
        let framing = Framing::FastCgi { request_id: 1, is_kept: false };
        let payload = vec![b'x'; CONTENT_MAX + 3];
        let mut expected = b"\x01\x06\x00\x01\xff\xf8\x00\x00".to_vec();
        expected.extend_from_slice(&payload[..CONTENT_MAX]);
        expected.extend_from_slice(b"\x01\x06\x00\x01\x00\x03\x00\x00xxx");
        assert_eq!(wire(framing, &payload), expected);
    }

    #[test]
    fn the_rest_after_a_partial_write_begins_where_it_ended() {
        let framing = Framing::FastCgi { request_id: 1, is_kept: false };
        for payload in [b"abc".to_vec(), vec![b'x'; CONTENT_MAX + 3]] {
            let whole = wire(framing, &payload);
            for written in (0..=whole.len()).step_by(1 + whole.len() / 1000) {
                assert_eq!(
                    rest(framing, &mut Packet::of(&payload), written),
                    whole[written..],
                    "{written} bytes"
                );
            }
        }
    }
}

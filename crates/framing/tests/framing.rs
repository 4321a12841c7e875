//! An independent reader of records and chunks gives back what was wrapped.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use framing::{CONTENT_MAX, Framing, end_of_stdout};
use proptest::prelude::*;

const FASTCGI: Framing = Framing::FastCgi { request_id: 0x0102, is_kept: false };
const KEPT: Framing = Framing::FastCgi { request_id: 0x0102, is_kept: true };

/// The content of records of `FCGI_STDOUT`, read byte by byte; the rest begins at the first other one.
fn read_records(mut bytes: &[u8], id: u16) -> (Vec<u8>, &[u8]) {
    let mut content = Vec::new();
    while let [1, 6, id_high, id_low, high, low, padding, 0, rest @ ..] = bytes {
        assert_eq!((u16::from_be_bytes([*id_high, *id_low]), *padding), (id, 0));
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        assert_ne!(length, 0, "that would be the end");
        content.extend_from_slice(&rest[..length]);
        bytes = &rest[length..];
    }
    (content, bytes)
}

/// The content of chunks.
fn read_chunks(mut bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut content = Vec::new();
    while let Some(end) = bytes.windows(2).position(|pair| pair == b"\r\n") {
        let length = std::str::from_utf8(&bytes[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            break;
        }
        content.extend_from_slice(&bytes[end + 2..][..length]);
        bytes = bytes[end + 2 + length..].strip_prefix(b"\r\n").unwrap();
    }
    (content, bytes)
}

proptest! {
    #[test]
    fn what_was_wrapped_comes_back(pieces: Vec<Vec<u8>>, id in 1_u16.., is_kept: bool) {
        let whole = pieces.concat();
        let all = |framing: Framing| {
            let mut bytes: Vec<u8> = pieces.iter().flat_map(|piece| framing.wrap(piece)).collect();
            bytes.extend(framing.end());
            bytes
        };
        let fastcgi = Framing::FastCgi { request_id: id, is_kept };
        let bytes = all(fastcgi);
        prop_assert_eq!(read_records(&bytes, id), (whole.clone(), &fastcgi.end()[..]));
        let bytes = all(Framing::Chunked);
        prop_assert_eq!(read_chunks(&bytes), (whole.clone(), &b"0\r\n\r\n"[..]));
        prop_assert_eq!(all(Framing::Raw), whole);
    }
}

#[test]
fn more_than_a_record_holds_goes_into_several() {
    for length in [CONTENT_MAX, CONTENT_MAX + 1, 3 * CONTENT_MAX + 7] {
        let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
        let records = FASTCGI.wrap(&bytes);
        assert_eq!(records.len(), length + 8 * length.div_ceil(CONTENT_MAX));
        assert_eq!(read_records(&records, 0x0102), (bytes, &b""[..]));
    }
}

#[test]
fn a_record_names_its_request_and_its_length() {
    assert_eq!(FASTCGI.wrap(b"abc"), b"\x01\x06\x01\x02\x00\x03\x00\x00abc");
    assert_eq!(FASTCGI.wrap(b""), b"", "an empty record would end the output");
    assert_eq!(FASTCGI.end(), b"\x01\x03\x01\x02\x00\x08\x00\x00\0\0\0\0\0\0\0\0");
    assert_eq!(end_of_stdout(0x0102), *b"\x01\x06\x01\x02\0\0\0\0");
}

#[test]
fn on_a_connection_that_nginx_keeps_something_stands_behind_the_end() {
    assert_eq!(KEPT.end(), [&FASTCGI.end()[..], b"\x01\x07\x01\x02\0\0\0\0"].concat());
    assert_eq!(KEPT.wrap(b"abc"), FASTCGI.wrap(b"abc"));
}

#[test]
fn a_chunk_has_its_length_in_front() {
    let expected = [b"1a\r\n", &[b'x'; 26][..], b"\r\n"].concat();
    assert_eq!(Framing::Chunked.wrap(&[b'x'; 26]), expected);
    assert_eq!(Framing::Chunked.wrap(b""), b"", "an empty chunk would end the response");
}

//! Decoders by other people than the encoders: `ruzstd`, Google's `brotli`, `miniz_oxide`.
use std::io::{Read, Write};

use content_coding::Coding;

/// Decodes a whole response, which has to end as it should.
pub(crate) fn decode(coding: Coding, bytes: &[u8]) -> Vec<u8> {
    match coding {
        Coding::Zstd => zstd(bytes),
        Coding::Brotli => brotli(bytes),
        Coding::Gzip => gzip(bytes),
        Coding::Deflate => miniz_oxide::inflate::decompress_to_vec_zlib(bytes).unwrap(),
    }
}

fn zstd(mut bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    while !bytes.is_empty() {
        let mut frame = ruzstd::decoding::StreamingDecoder::new(&mut bytes).unwrap();
        frame.read_to_end(&mut decoded).unwrap();
    }
    decoded
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut decoder = brotlic::DecompressorWriter::new(Vec::new());
    decoder.write_all(bytes).unwrap();
    decoder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let (header, rest) = bytes.split_at(10);
    assert_eq!(header, Coding::Gzip.head());
    let (blocks, trailer) = rest.split_at(rest.len() - 8);
    let decoded = miniz_oxide::inflate::decompress_to_vec(blocks).unwrap();
    let (checksum, length) = (naive_crc(&decoded).to_le_bytes(), decoded.len().to_le_bytes());
    assert_eq!(trailer, [checksum, *length.first_chunk().unwrap()].concat());
    decoded
}

/// CRC-32, bit by bit.
fn naive_crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

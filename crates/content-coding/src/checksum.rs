//! The checksums of `gzip` and `deflate`, put together from those of parts.

use crc32fast::Hasher;

use crate::coding::Coding;

/// The base of Adler-32: the greatest prime below 2^16.
const ADLER: u32 = 65521;

/// The checksum and the length of decoded bytes, as a coding needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksum {
    pub(crate) value: u32,
    pub(crate) length: u64,
}

impl Checksum {
    /// That of no bytes.
    #[must_use]
    pub fn start(coding: Coding) -> Self {
        Self { value: u32::from(coding == Coding::Deflate), length: 0 }
    }

    /// That of these bytes. Codings without a checksum cost nothing.
    #[must_use]
    pub fn of(coding: Coding, bytes: &[u8]) -> Self {
        let value = match coding {
            Coding::Gzip => crc32fast::hash(bytes),
            Coding::Deflate => adler2::adler32_slice(bytes),
            Coding::Zstd | Coding::Brotli => 0,
        };
        Self { value, length: bytes.len() as u64 }
    }

    /// The number of the bytes.
    #[must_use]
    pub fn length(self) -> u64 {
        self.length
    }

    /// That of the bytes of this one and then those of `next`.
    #[must_use]
    pub fn then(self, coding: Coding, next: Self) -> Self {
        let value = match coding {
            Coding::Gzip => {
                let mut crc = Hasher::new_with_initial_len(self.value, self.length);
                crc.combine(&Hasher::new_with_initial_len(next.value, next.length));
                crc.finalize()
            }
            Coding::Deflate => adler_then(self.value, next),
            Coding::Zstd | Coding::Brotli => 0,
        };
        Self { value, length: self.length.wrapping_add(next.length) }
    }
}

/// Adler-32 (RFC 1950, 8.2) is two sums: `a` of the bytes and 1, `b` of all values of `a`. Behind other bytes each
/// `a` is greater by the `a` of those, less the 1.
fn adler_then(before: u32, next: Checksum) -> u32 {
    let split = |sum: u32| (u64::from(sum & 0xffff), u64::from(sum >> 16));
    let ((a1, b1), (a2, b2)) = (split(before), split(next.value));
    let base = u64::from(ADLER);
    let more = a1 + base - 1;
    let a = (more + a2) % base;
    let b = (b1 + b2 + next.length % base * (more % base)) % base;
    u32::try_from(b << 16 | a).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_checksum_of_a_whole_is_that_of_its_parts(
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3000), 0..6),
        ) {
            for coding in [Coding::Gzip, Coding::Deflate] {
                let start = Checksum::start(coding);
                let sum = parts.iter().fold(start, |sum, part| sum.then(coding, Checksum::of(coding, part)));
                prop_assert_eq!(sum, Checksum::of(coding, &parts.concat()));
            }
        }
    }

    #[test]
    fn the_checksums_are_those_of_the_standards() {
        // RFC 1952's CRC-32 and RFC 1950's Adler-32 of the usual check value.
        assert_eq!(Checksum::of(Coding::Gzip, b"123456789").value, 0xcbf4_3926);
        assert_eq!(Checksum::of(Coding::Deflate, b"123456789").value, 0x091e_01de);
    }

    #[test]
    fn a_part_beyond_four_gigabytes_counts_whole() {
        // Of 2^32 zeros.
        let zeros = (0..32)
            .fold(Checksum::of(Coding::Deflate, b"\0"), |sum, _| sum.then(Coding::Deflate, sum));
        assert_eq!(zeros.length, 1 << 32);
        // b counts the 1 of a once a byte: 2^32 mod 65521 = 225.
        assert_eq!(zeros.value, 225 << 16 | 1);
    }
}

//! Decodes `zstd` for many clients, most of which get the same bytes.
//!
//! A decoder for each client would take more memory, and more time, than all of what is measured. So where a client
//! stands in its stream is told by the bytes that it has got since its frame began, and what the next bytes mean there is
//! found out once: who gets the same bytes at the same place is given what was decoded before.
//!
//! **Invariant**: whatever a client is given is what a decoder of its own would have made. Bytes are compared, not only
//! their hashes; a client that gets others than everybody else has them decoded, from the beginning of its frame.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use zstd::stream::raw::{Decoder, Operation};

/// Where a client stands: at the beginning of a frame, or behind a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place(Option<u64>);

/// What was decoded so far, by place.
#[derive(Debug, Default)]
pub(crate) struct Decoding {
    steps: HashMap<u64, Step>,
    /// How often a decoder has run.
    pub(crate) decoded: u64,
}

/// Some bytes, at a place.
struct Step {
    before: Place,
    encoded: Box<[u8]>,
    plain: Arc<[u8]>,
    after: Place,
    /// One that has got all up to here, unless a later step has taken it.
    decoder: Option<Decoder<'static>>,
}

impl Decoding {
    /// Takes the next bytes of a client at a place; what they decode to, and where it stands then.
    pub(crate) fn take(&mut self, place: Place, bytes: &[u8]) -> io::Result<(Arc<[u8]>, Place)> {
        if bytes.is_empty() {
            return Ok((Arc::new([]), place));
        }
        let mut hasher = DefaultHasher::new();
        (place, bytes).hash(&mut hasher);
        let key = hasher.finish();
        if let Some(step) = self.steps.get(&key)
            && step.before == place
            && *step.encoded == *bytes
        {
            return Ok((Arc::clone(&step.plain), step.after));
        }
        let mut decoder = self.decoder_at(place)?;
        self.decoded += 1;
        let mut plain = Vec::new();
        let (taken, has_ended) = decode(&mut decoder, bytes, &mut plain)?;
        let mut after = Place(Some(key));
        if has_ended {
            let (rest, place) = self.take(Place::default(), &bytes[taken..])?;
            plain.extend_from_slice(&rest);
            after = place;
        }
        let plain: Arc<[u8]> = plain.into();
        let step = Step {
            before: place,
            encoded: bytes.into(),
            plain: Arc::clone(&plain),
            after,
            decoder: (!has_ended).then_some(decoder),
        };
        self.steps.insert(key, step);
        Ok((plain, after))
    }

    /// A decoder that has got what a client at this place has got of its frame.
    fn decoder_at(&mut self, place: Place) -> io::Result<Decoder<'static>> {
        let Some(step) = place.0.and_then(|key| self.steps.get_mut(&key)) else {
            return Decoder::new();
        };
        if let Some(decoder) = step.decoder.take() {
            return Ok(decoder);
        }
        let (before, encoded) = (step.before, step.encoded.clone());
        // From the beginning again, which leaves the one before without its own.
        let mut decoder = self.decoder_at(before)?;
        decode(&mut decoder, &encoded, &mut Vec::new())?;
        Ok(decoder)
    }
}

/// Decodes up to the end of the bytes, or of the frame; how many it has taken, and if the frame has ended.
fn decode(
    decoder: &mut Decoder<'static>,
    bytes: &[u8],
    plain: &mut Vec<u8>,
) -> io::Result<(usize, bool)> {
    let (mut taken, mut buffer) = (0, vec![0; 32 * 1024]);
    loop {
        let status = decoder.run_on_buffers(&bytes[taken..], &mut buffer)?;
        taken += status.bytes_read;
        plain.extend_from_slice(&buffer[..status.bytes_written]);
        let has_ended = status.remaining == 0;
        if has_ended || (taken == bytes.len() && status.bytes_written < buffer.len()) {
            return Ok((taken, has_ended));
        }
    }
}

impl std::fmt::Debug for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Step").field("after", &self.after).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use content_coding::{Coding, Encoder};

    use super::*;

    /// A response in three segments, in the pieces that were flushed; and what it says.
    fn response() -> (Vec<Vec<u8>>, Vec<u8>) {
        let (mut encoder, mut pieces, mut plain) =
            (Encoder::new(Coding::Zstd), Vec::new(), Vec::new());
        for number in 0..9 {
            let event =
                format!("data: {number} of some events that are all alike\n\n").into_bytes();
            let mut piece = Vec::new();
            encoder.append(&event, &mut piece);
            if number % 3 == 2 {
                encoder.cut(&mut piece);
            }
            pieces.push(piece);
            plain.extend(event);
        }
        (pieces, plain)
    }

    fn read(decoding: &mut Decoding, pieces: &[&[u8]]) -> Vec<u8> {
        let (mut place, mut all) = (Place::default(), Vec::new());
        for piece in pieces {
            let (decoded, after) = decoding.take(place, piece).unwrap();
            all.extend_from_slice(&decoded);
            place = after;
        }
        all
    }

    #[test]
    fn what_is_sent_to_many_is_decoded_once() {
        let (pieces, plain) = response();
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let mut decoding = Decoding::default();
        for _ in 0..1000 {
            assert_eq!(read(&mut decoding, &pieces), plain);
        }
        assert_eq!(decoding.decoded, 9);
    }

    #[test]
    fn who_comes_at_the_next_frame_shares_it() {
        let (pieces, plain) = response();
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let mut decoding = Decoding::default();
        read(&mut decoding, &pieces);
        let late = read(&mut decoding, &pieces[3..]);
        assert!(plain.ends_with(&late), "{}", String::from_utf8_lossy(&late));
        assert_eq!((decoding.decoded, late.len()), (9, plain.len() / 3 * 2));
    }

    #[test]
    fn it_makes_no_difference_where_pieces_end() {
        let (pieces, plain) = response();
        let all = pieces.concat();
        let mut decoding = Decoding::default();
        for size in 1..all.len() {
            let pieces: Vec<&[u8]> = all.chunks(size).collect();
            assert_eq!(read(&mut decoding, &pieces), plain, "in pieces of {size}");
        }
    }

    #[test]
    fn who_gets_other_bytes_is_given_what_they_say() {
        let (pieces, _) = response();
        let mut other = Encoder::new(Coding::Zstd);
        let mut second = Vec::new();
        other.append(b"data: 0 of some events that are all alike\n\n", &mut Vec::new());
        other.append(b"data: something else\n\n", &mut second);
        let mut decoding = Decoding::default();
        read(&mut decoding, &[&pieces[0], &pieces[1]]);
        let read = read(&mut decoding, &[&pieces[0], &second]);
        assert!(read.ends_with(b"alike\n\ndata: something else\n\n"));
        let (_, place) = decoding.take(Place::default(), &pieces[0]).unwrap();
        assert!(decoding.take(place, b"\xff\xff\xff\xff").is_err(), "that is no block");
    }
}

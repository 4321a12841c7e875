//! Messages to bytes and back: whatever the chunks, whatever the bytes.
//!
//! # Layout
//! * `strategies`: any message
//! * `laws`, `limits`: what holds for all, and at their limits
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test reports by panicking")]

mod laws;
mod limits;
mod strategies;

use hub_protocol::{Reply, Request, encode};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde::Serialize;

use laws::messages_in;
use strategies::{reply, request};

/// Bytes cut at the places given.
fn cut<'a>(bytes: &'a [u8], at: &[Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<usize> = at.iter().map(|index| index.index(bytes.len() + 1)).collect();
    at.sort_unstable();
    let ends = at.iter().copied().chain([bytes.len()]);
    let starts = [0].into_iter().chain(at.iter().copied());
    starts.zip(ends).map(|(start, end)| &bytes[start..end]).collect()
}

fn encoded(messages: &[impl Serialize]) -> Vec<u8> {
    messages.iter().flat_map(|message| encode(message).unwrap()).collect()
}

proptest! {
    #[test]
    fn requests_survive_any_chunks(
        requests in vec(request(), 1..8),
        cuts in vec(any::<Index>(), 0..16),
    ) {
        let bytes = encoded(&requests);
        prop_assert_eq!(messages_in::<Request>(cut(&bytes, &cuts)), (requests, None));
    }

    #[test]
    fn replies_survive_any_chunks(
        replies in vec(reply(), 1..8),
        cuts in vec(any::<Index>(), 0..16),
    ) {
        let bytes = encoded(&replies);
        prop_assert_eq!(messages_in::<Reply>(cut(&bytes, &cuts)), (replies, None));
    }

    #[test]
    fn random_bytes_give_out_nothing_invalid(
        bytes in vec(any::<u8>(), 0..512),
        cuts in vec(any::<Index>(), 0..8),
    ) {
        laws::what_is_given_out_is_valid(&cut(&bytes, &cuts));
        // Nearly all random lengths are too long: these bytes get past the length.
        let prefix = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        laws::what_is_given_out_is_valid(&cut(&[&prefix[..], &bytes].concat(), &cuts));
    }

    #[test]
    fn messages_with_flipped_bytes_give_out_nothing_invalid(
        requests in vec(request(), 1..4),
        replies in vec(reply(), 1..4),
        flips in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        for mut bytes in [encoded(&requests), encoded(&replies)] {
            for (at, value) in &flips {
                *at.get_mut(&mut bytes) = *value;
            }
            laws::what_is_given_out_is_valid(&[&bytes]);
        }
    }
}

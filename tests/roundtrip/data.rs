//! The byte strings that are sent. The seed is fixed, `SSE_TEST_SEED` takes another.

use std::{env, iter};

/// An event, as it is given to the extension.
pub(crate) struct Sent {
    pub(crate) data: Vec<u8>,
    /// Its type; empty where it has none.
    pub(crate) event: String,
    pub(crate) id: Option<String>,
}

/// Data alone, and after that data with types and ids.
pub(crate) fn events() -> Vec<Sent> {
    let mut random = Random::seeded();
    let mut events: Vec<Sent> = byte_strings(&mut random)
        .into_iter()
        .map(|data| Sent { data, event: String::new(), id: None })
        .collect();
    events.extend((0..500).map(|number| Sent {
        data: format!("event {number}").into_bytes(),
        event: random.one_line(),
        id: Some(random.one_line()),
    }));
    events
}

/// Every short one of the bytes that mean something, every way in which UTF-8 can be wrong, mixtures
/// of both, and a few huge ones.
fn byte_strings(random: &mut Random) -> Vec<Vec<u8>> {
    let mut all = short_ones();
    all.extend((0..=u8::MAX).map(|byte| vec![byte]));
    all.extend(TOKENS.iter().map(|token| token.to_vec()));
    all.extend(TOKENS.iter().map(|token| [b"x", *token, b"y"].concat()));
    all.extend(iter::repeat_with(|| random.tokens(40)).take(4000));
    all.extend(iter::repeat_with(|| random.bytes(100)).take(1000));
    all.extend(huge_ones(random));
    all
}

/// Every string of up to five of the bytes that lines and fields are made of.
fn short_ones() -> Vec<Vec<u8>> {
    let mut all = vec![vec![]];
    let mut longest = all.clone();
    for _ in 0..5 {
        let longer = |string: &Vec<u8>| b"\r\n: x".map(|byte| [string, &[byte][..]].concat());
        longest = longest.iter().flat_map(longer).collect();
        all.extend(longest.iter().cloned());
    }
    all
}

/// A parser, or a decoder, might take these for something else.
const TOKENS: &[&[u8]] = &[
    // Line ends, and what some take for one.
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\r",
    b"\n\n",
    b"\r\r\n",
    b"\x0b",
    b"\x0c",
    b"\x1c",
    b"\x1e",
    "\u{85}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{2029}".as_bytes(),
    // Fields.
    b"data",
    b"data:",
    b"data: ",
    b"event: x\n",
    b"id: 1\n",
    b"id:\n",
    b"retry: 1\n",
    b"unknown: x",
    b":",
    b": comment\n",
    b" ",
    b"  ",
    b"\t",
    b"\0",
    // Text.
    b"x",
    b"0",
    b"null",
    "é".as_bytes(),
    "€".as_bytes(),
    "🙂".as_bytes(),
    "e\u{301}".as_bytes(),
    "\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}".as_bytes(),
    "\u{fffd}\u{fffe}".as_bytes(),
    // A byte order mark, whole and in part.
    b"\xEF\xBB\xBF",
    b"\xEF\xBB",
    b"\xBB\xBF",
    b"\xFF\xFE",
    b"\xFE\xFF",
    // UTF-8 without its beginning, and without its end.
    b"\x80",
    b"\xBF\xBF",
    b"\xC3",
    b"\xE2",
    b"\xE2\x82",
    b"\xF0",
    b"\xF0\x9F",
    b"\xF0\x9F\x99",
    // Overlong forms, surrogates, beyond the last code point, and bytes that never occur.
    b"\xC0\x80",
    b"\xC1\xBF",
    b"\xE0\x80\x80",
    b"\xE0\x9F\xBF",
    b"\xF0\x8F\xBF\xBF",
    b"\xC0\x8A",
    b"\xE0\x80\x8D",
    b"\xED\xA0\x80",
    b"\xED\xBF\xBF",
    b"\xED\xA0\xBD\xED\xB9\x82",
    b"\xF4\x90\x80\x80",
    b"\xF5\x80\x80\x80",
    b"\xF8\x88\x80\x80\x80",
    b"\xFC\x84\x80\x80\x80\x80",
    b"\xFE",
    b"\xFF",
];

fn huge_ones(random: &mut Random) -> Vec<Vec<u8>> {
    const MEGABYTE: usize = 1 << 20;
    let lines: Vec<String> = (1..50_000).map(|number| format!("line {number} of many")).collect();
    vec![
        vec![b'x'; MEGABYTE],
        "€".repeat(MEGABYTE / 3).into_bytes(),
        vec![b'\n'; 100_000],
        b"\r\n".repeat(100_000),
        lines.join("\r\n").into_bytes(),
        iter::repeat_with(|| random.byte()).take(MEGABYTE).collect(),
    ]
}

/// A small generator of random numbers: `SplitMix64`.
pub(crate) struct Random(u64);

impl Random {
    /// The same each time, unless `SSE_TEST_SEED` says otherwise.
    pub(crate) fn seeded() -> Self {
        Self(env::var("SSE_TEST_SEED").map_or(0, |seed| seed.parse().unwrap()))
    }

    /// A number less than `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bits = mixed ^ (mixed >> 31);
        usize::try_from(bits % end as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn bytes(&mut self, longest: usize) -> Vec<u8> {
        let length = self.below(longest + 1);
        iter::repeat_with(|| self.byte()).take(length).collect()
    }

    fn tokens(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        let token = || TOKENS[self.below(TOKENS.len())];
        iter::repeat_with(token).take(count).flatten().copied().collect()
    }

    /// The values of a type or an id.
    fn one_line(&mut self) -> String {
        let mut line = String::from_utf8_lossy(&self.tokens(10)).into_owned();
        line.retain(|char| !['\r', '\n', '\0'].contains(&char));
        line
    }
}

//! The events of three streams, as a hub sends them: a board that is rendered anew for each event, ticks, chat.

/// Events of one kind.
pub(crate) struct Stream {
    pub(crate) name: &'static str,
    pub(crate) events: Vec<Vec<u8>>,
}

impl Stream {
    fn new(name: &'static str, count: usize, mut data: impl FnMut(usize) -> String) -> Self {
        let event = |number| {
            let id = 1_764_430_000_000 + number * 250;
            format!("id: {id}-0\ndata: {}\n\n", data(number)).into_bytes()
        };
        Self { name, events: (0..count).map(event).collect() }
    }

    /// Bytes of an event, on the average.
    pub(crate) fn event_size(&self) -> f64 {
        self.events.iter().map(Vec::len).sum::<usize>() as f64 / self.events.len() as f64
    }
}

pub(crate) fn all() -> [Stream; 3] {
    [boards(), ticks(), chat()]
}

const QUOTES: u64 = 106;

/// A table of quotes; a few have changed since the event before.
fn boards() -> Stream {
    let (mut board, mut random) = (Board::new(), Random(1));
    Stream::new("A board, rendered anew", 512, move |number| {
        for _ in 0..3 {
            board.trade(&mut random, number);
        }
        board.render()
    })
}

/// The quotes of some stocks.
pub(crate) struct Board(Vec<Quote>);

struct Quote {
    cents: u64,
    opened: u64,
    volume: u64,
    second: usize,
}

impl Board {
    pub(crate) fn new() -> Self {
        let mut random = Random(7);
        let quote = |_| {
            let cents = 1_000 + random.below(90_000);
            Quote { cents, opened: cents, volume: random.below(900_000), second: 0 }
        };
        Self((0..QUOTES).map(quote).collect())
    }

    /// One quote changes.
    pub(crate) fn trade(&mut self, random: &mut Random, second: usize) {
        let index = random.below(QUOTES).try_into().unwrap_or(0);
        let quote = &mut self.0[index];
        quote.cents = (quote.cents + random.below(101)).saturating_sub(50).max(100);
        quote.volume += random.below(900);
        quote.second = second;
    }

    pub(crate) fn render(&self) -> String {
        let row = |(index, quote): (usize, &Quote)| {
            let Quote { cents, opened, volume, second } = quote;
            let direction = if cents < opened { "down" } else { "up" };
            let change = cents.abs_diff(*opened);
            let sign = if cents < opened { '-' } else { '+' };
            let (minute, second) = (second / 60 % 60, second % 60);
            format!(
                "<tr id=\"q{index}\"><th>{}</th><td class=\"price {direction}\">{}.{:02}</td><td class=\"change {direction}\">\
                 {sign}{}.{:02}</td><td class=\"volume\">{volume}</td><td><time>14:{minute:02}:{second:02}</time></td></tr>",
                name(index),
                cents / 100,
                cents % 100,
                change / 100,
                change % 100,
            )
        };
        let rows: String = self.0.iter().enumerate().map(row).collect();
        format!("<table><tbody>{rows}</tbody></table>")
    }
}

fn name(index: usize) -> String {
    let letters = [index % 26, index / 5 % 26, index * 7 % 26, index * 11 / 3 % 26];
    letters
        .iter()
        .filter_map(|letter| Some(char::from(b'A' + u8::try_from(*letter).ok()?)))
        .collect()
}

fn ticks() -> Stream {
    let mut random = Random(2);
    Stream::new("Ticks", 2_048, move |number| {
        let index = random.below(100).try_into().unwrap_or(0);
        let (price, size) = (1_000 + random.below(90_000), 1 + random.below(500));
        let time = 1_764_430_000 + number / 4;
        let (symbol, kind) = (name(index), if random.below(2) == 0 { "buy" } else { "sell" });
        format!(
            "{{\"symbol\":\"{symbol}\",\"price\":{}.{:02},\"size\":{size},\"side\":\"{kind}\",\"time\":{time}}}",
            price / 100,
            price % 100,
        )
    })
}

const NAMES: [&str; 12] = [
    "anna", "ben", "chloe", "dmitri", "elena", "farid", "grace", "hiro", "ines", "jonas", "kemal",
    "lucie",
];
const WORDS: &str = "the of and to in is you that it he was for on are as with his they at be this have from or one had \
    by word but not what all were we when your can said there use an each which she do how their if will up other \
    about out many then them these so some her would make like him into time has look two more write go see number no \
    way could people my than first water been call who oil its now find long down day did get come made may part \
    deploy build branch merge review ticket customer invoice server release coffee lunch meeting tomorrow";

fn chat() -> Stream {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut random = Random(3);
    Stream::new("Chat", 2_048, move |number| {
        let mut below = |below| usize::try_from(random.below(below)).unwrap_or(0);
        let from = NAMES[below(12)];
        let length = 3 + below(15);
        // Common words come first, and more often.
        let mut word = || words[below(words.len() as u64).min(below(words.len() as u64))];
        let text: Vec<&str> = (0..length).map(|_| word()).collect();
        format!("{{\"from\":\"{from}\",\"at\":{},\"text\":\"{}\"}}", number * 7, text.join(" "))
    })
}

/// Numbers that are the same in every run (xorshift64*).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }
}

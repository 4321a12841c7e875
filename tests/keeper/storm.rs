//! What a client makes of a stream in a storm of heartbeats: every event carries its checksum.

use std::{fmt, thread, time::Duration};

use server_tests::{
    event_stream::{EventStreamReader, Item},
    patience::within,
    server::Php,
    site::Site,
};

use crate::kind::Kind;

/// What a client has counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Storm {
    pub(crate) heartbeats: usize,
    pub(crate) events: usize,
    pub(crate) damaged: usize,
    /// How many events the script says it has written, if its last word came.
    pub(crate) written: Option<usize>,
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { heartbeats, events, damaged, .. } = self;
        write!(f, "{heartbeats:>7} heartbeats, {events:>6} events, {damaged} damaged")
    }
}

impl Storm {
    /// Whether every event came, and came whole.
    pub(crate) fn is_unharmed(&self) -> bool {
        self.damaged == 0 && self.written == Some(self.events)
    }
}

/// Lets a storm blow for so long, before a client that reads in fits and starts.
pub(crate) fn blow(kind: &Kind, length: Duration) -> Storm {
    let site = Site::new().file("storm.php", include_str!("scripts/storm.php"));
    let running = kind.run(site, Php::with_sse().ini("memory_limit", "256M"), 1);
    let stream = running.open("storm.php", &format!("seconds={}", length.as_secs_f64()));
    let mut stream = EventStreamReader::new(stream);
    let deadline = within(length + Duration::from_secs(60));
    let mut storm = Storm::default();
    let mut items = 0_usize;
    while let Ok(Some(item)) = stream.next_item(deadline) {
        items += 1;
        if items.is_multiple_of(2000) {
            thread::sleep(Duration::from_millis(20));
        }
        match item {
            Item::Comment { .. } => storm.heartbeats += 1,
            Item::Event(event) if event.event == "done" => storm.written = event.data.parse().ok(),
            Item::Event(event) => {
                storm.events += 1;
                storm.damaged += usize::from(!is_whole(&event.data));
            }
            Item::Retry { .. } => storm.damaged += 1,
        }
    }
    storm
}

fn is_whole(data: &str) -> bool {
    data.split_once(' ').is_some_and(|(sum, text)| sum == format!("{:08x}", fnv1a32(text)))
}

/// The FNV-1a hash, which PHP knows, too.
fn fnv1a32(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

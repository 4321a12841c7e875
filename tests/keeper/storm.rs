//! A client reads a stream in a storm of heartbeats: every event has a number and a checksum,
//! and every byte is accounted for.

use std::time::{Duration, Instant};
use std::{fmt, thread};

use flate2::Crc;
use rustix::process::test_kill_process;
use server_tests::content_coding::Coding;
use server_tests::event_stream::{Event, EventStreamReader, Item};
use server_tests::patience::within;
use server_tests::reader::{End, Piece, ReadError, Reader, Source};
use server_tests::server::Php;
use server_tests::site::Site;

use crate::kind::{Kind, Output, Running};

/// The counts of a client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Storm {
    pub(crate) heartbeats: usize,
    pub(crate) events: usize,
    bytes: usize,
    /// The script says that it has written so many bytes, its last event included.
    written: usize,
    /// True if a heartbeat has come after the last event.
    ends_in_heartbeat: bool,
    /// True if a process of the server's has ended: then it is not known what was wrong with the bytes.
    pub(crate) crashed: bool,
    /// True if nothing came any more: neither is it then.
    pub(crate) hangs: bool,
    /// The first damage, if there was any.
    pub(crate) damage: Option<String>,
}

/// The first bytes of a stream, and a heartbeat.
const FIRST_BYTES: usize = ":\n".len();
const HEARTBEAT: usize = ":\n".len();
/// A stream ends with this where it would end in a heartbeat.
const LAST_LINE: usize = "event\n".len();

/// Lets a storm blow until so many heartbeats have come, or something was damaged. The client reads
/// in fits and starts.
pub(crate) fn blow(kind: Kind, php: Php, heartbeats: usize) -> Storm {
    let running = run(kind, php, 1);
    listen(running.open("storm.php", ""), &running, heartbeats)
}

/// The same in a stream that is compressed.
pub(crate) fn blow_in(coding: Coding, kind: Kind, heartbeats: usize) -> Storm {
    let php = Php::with_sse().ini("sse.compression", coding.token());
    let running = run(kind, php, 1);
    listen(running.open_in(coding, "storm.php", ""), &running, heartbeats)
}

/// The same, to so many clients of one server at once, to each with so many heartbeats.
pub(crate) fn blow_around(kind: Kind, php: Php, heartbeats: usize, clients: usize) -> Vec<Storm> {
    let running = run(kind, php, clients);
    thread::scope(|scope| {
        let listening: Vec<_> = (0..clients)
            .map(|_| scope.spawn(|| listen(running.open("storm.php", ""), &running, heartbeats)))
            .collect();
        listening.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

fn run(kind: Kind, php: Php, workers: usize) -> Running {
    let site = Site::new()
        .file("storm.php", include_str!("scripts/storm.php"))
        .file("text.php", include_str!("scripts/text.php"));
    kind.run(site, php.ini("memory_limit", "256M"), workers)
}

fn listen(output: Reader<Output>, running: &Running, heartbeats: usize) -> Storm {
    let output = output.into_source();
    let reader = Reader::new(InFits { output, received: 0, until_pause: 0 });
    let mut stream = EventStreamReader::new(reader);
    let processes = running.processes();
    let mut storm = Storm::default();
    // The deadline is for a stream that has stopped altogether.
    while storm.damage.is_none() {
        match stream.next_item(within(Duration::from_secs(30))) {
            Ok(Some(item)) => storm.take(item),
            Ok(None) => break,
            Err(error) => {
                storm.hangs = matches!(error, ReadError::Late { .. });
                storm.note(format!("{error:?}").chars().take(200).collect());
            }
        }
        if storm.heartbeats >= heartbeats {
            running.site.write("enough", "");
        }
    }
    storm.check_end(stream.end(), stream.source().received);
    if storm.damage.is_some() {
        storm.crashed = processes.iter().any(|process| test_kill_process(*process).is_err());
        storm.note_complaint(&running.log());
    }
    storm
}

impl Storm {
    fn take(&mut self, item: Item) {
        self.ends_in_heartbeat = matches!(item, Item::Comment { .. });
        match item {
            Item::Comment { text, .. } if text.is_empty() => self.heartbeats += 1,
            Item::Event(event) if event.event == "done" => self.check_total(&event.data),
            Item::Event(event) => self.check(&event),
            other => self.note(format!("nobody has sent {other:?}")),
        }
    }

    fn check(&mut self, event: &Event) {
        if let [number, sum, text] = event.data.splitn(3, ' ').collect::<Vec<_>>()[..]
            && number.parse() == Ok(self.events)
            && sum.parse() == Ok(crc32(text))
        {
            self.events += 1;
        } else {
            let start: String = event.data.chars().take(80).collect();
            self.note(format!("event {} is damaged: {start:?}", self.events));
        }
    }

    /// The script's last words are how many events, and how many bytes, it has written before.
    fn check_total(&mut self, total: &str) {
        let numbers: Vec<usize> = total.split(' ').filter_map(|it| it.parse().ok()).collect();
        let [events, bytes] = numbers[..] else {
            return self.note(format!("the script's last words: {total}"));
        };
        if self.events != events {
            self.note(format!("{} events came, {events} were sent", self.events));
        }
        self.written = bytes + format!("event: done\ndata: {total}\n\n").len();
    }

    fn check_end(&mut self, end: Option<&End>, received: usize) {
        if end != Some(&End::Clean) {
            self.note(format!("the stream ended so: {end:?}").chars().take(200).collect());
        }
        self.bytes = received;
        let heartbeats = self.heartbeats.saturating_sub(1) * HEARTBEAT;
        let last_line = if self.ends_in_heartbeat { LAST_LINE } else { 0 };
        let sent = FIRST_BYTES + heartbeats + self.written + last_line;
        if sent != received {
            self.note(format!("{received} bytes came, {sent} were sent"));
        }
    }

    /// Notes what a web server complains of in the bytes that it was sent.
    fn note_complaint(&mut self, log: &str) {
        let complaint = log.lines().find_map(|line| line.split_once("upstream sent "));
        if let (Some((_, complaint)), Some(damage)) = (complaint, &mut self.damage) {
            let complaint = complaint.split(" while ").next().unwrap_or_default();
            *damage = format!("\"upstream sent {complaint}\", {damage}");
        }
    }

    fn note(&mut self, damage: String) {
        self.damage.get_or_insert(damage);
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { heartbeats, events, bytes, crashed, hangs, damage, .. } = self;
        let crash = match (crashed, hangs) {
            (true, _) => "a crash; ",
            (_, true) => "a hang; ",
            _ => "",
        };
        let damage = damage.as_deref().unwrap_or("none");
        write!(f, "{heartbeats:>12}{events:>12}{:>12}  {crash}{damage}", bytes >> 20)
    }
}

pub(crate) fn crc32(text: &str) -> u32 {
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    crc.sum()
}

/// A client that reads in fits and starts, so that the server has to wait for it.
struct InFits {
    output: Output,
    received: usize,
    until_pause: usize,
}

impl InFits {
    const FIT: usize = 1 << 20;
    const PAUSE: Duration = Duration::from_millis(100);
}

impl Source for InFits {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        let piece = self.output.next_piece(deadline)?;
        let bytes = piece.as_ref().map_or(0, |piece| piece.bytes.len());
        self.received += bytes;
        self.until_pause = self.until_pause.saturating_sub(bytes);
        if self.until_pause == 0 {
            self.until_pause = Self::FIT;
            thread::sleep(Self::PAUSE);
        }
        Ok(piece)
    }

    fn end(&self) -> Option<&End> {
        self.output.end()
    }
}

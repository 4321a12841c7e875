//! Tests whole lives of a stream, on a connection made of memory.
//!
//! # Layout
//! * `beginning`, `writing`, `waiting`, `ending`: the parts of a life
//! * `changes`: only what has changed
//! * `positions`: the position that a client knows

mod beginning;
mod changes;
mod ending;
mod positions;
mod waiting;
mod writing;

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use event_stream::{Comment, Event, EventId, Retry};

use super::*;

/// A connection made of memory, on a clock that only sleeping moves.
struct Memory {
    written: RefCell<Vec<u8>>,
    clock: Cell<Instant>,
    writes_left: Cell<usize>,
    wakes_early: Cell<bool>,
    reason: Cell<Option<StopReason>>,
    interrupts: Cell<bool>,
    beats_itself: bool,
    echoed: Cell<bool>,
}

impl Memory {
    fn new(start: Instant) -> Self {
        Self {
            written: RefCell::default(),
            clock: Cell::new(start),
            writes_left: Cell::new(usize::MAX),
            wakes_early: Cell::new(false),
            reason: Cell::new(None),
            interrupts: Cell::new(false),
            beats_itself: false,
            echoed: Cell::new(false),
        }
    }

    fn echo(&self, bytes: &[u8]) {
        self.echoed.set(true);
        self.put(bytes);
    }

    fn put(&self, bytes: &[u8]) {
        self.written.borrow_mut().extend_from_slice(bytes);
    }
}

impl Connection for &Memory {
    fn write(&self, packet: &mut Packet) -> Result<Written, Bailout> {
        if self.interrupts.get() {
            return Err(Bailout);
        }
        let Some(left) = self.writes_left.get().checked_sub(1) else {
            return Ok(Written::Stopped(StopReason::ClientGone));
        };
        self.writes_left.set(left);
        self.put(packet.bytes());
        Ok(self.stop_reason().map_or(Written::Whole, Written::Stopped))
    }

    fn beats_itself(&self) -> bool {
        self.beats_itself
    }

    fn tail(&self) -> Tail {
        Tail::START.after(&self.written.borrow())
    }

    fn was_echoed_to(&self) -> bool {
        self.echoed.get()
    }

    fn stop_reason(&self) -> Option<StopReason> {
        self.reason.get()
    }

    fn now(&self) -> Instant {
        self.clock.get()
    }

    fn finish(&self, last_line: Option<&[u8]>) -> Result<(), Bailout> {
        if let (Some(before), Some(line)) = (self.tail().before_last_line(), last_line) {
            self.put(before);
            self.put(line);
        }
        Ok(())
    }

    fn sleep_until(&self, deadline: Option<Instant>) -> bool {
        self.clock.set(deadline.expect("nobody would ever wake this stream"));
        self.wakes_early.get()
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn event(data: &str) -> Event<'_> {
    Event { data: Some(data.as_bytes()), ..Event::default() }
}

fn open(memory: &Memory, options: Options) -> Stream<&Memory> {
    Stream::new(memory, &options, 0.5)
}

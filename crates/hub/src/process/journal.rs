//! Writes the hub's log to stderr, a line each, and keeps lines that could not be written.
//!
//! The invariant: a line is written whole, once and in order. If it cannot be written (a full disk), it waits until
//! it can.

use std::fmt;
use std::io::{self, Write};

use parking_lot::Mutex;

/// The most bytes that may wait; lines beyond that are only counted.
const ROOM: usize = 64 * 1024;

static JOURNAL: Mutex<Journal> = Mutex::new(Journal { unwritten: Vec::new(), lost: 0 });

/// The lines that could not be written yet.
struct Journal {
    unwritten: Vec<u8>,
    /// The number of lines for which there was no room.
    lost: usize,
}

/// Writes a line, as `format!` would.
macro_rules! note {
    ($($argument:tt)*) => { $crate::process::journal::write(format_args!($($argument)*)) };
}
pub(crate) use note;

/// Writes a line, now or as soon as possible.
pub(crate) fn write(line: fmt::Arguments<'_>) {
    let mut journal = JOURNAL.lock();
    journal.add(line);
    journal.catch_up(&mut io::stderr());
}

/// Writes the lines that could not be written before.
pub(crate) fn catch_up() {
    JOURNAL.lock().catch_up(&mut io::stderr());
}

impl Journal {
    fn add(&mut self, line: fmt::Arguments<'_>) {
        let seconds = rustix::time::clock_gettime(rustix::time::ClockId::Realtime).tv_sec;
        let line = on_one_line(&line.to_string());
        let line = format!("{seconds} sse-hub[{}]: {line}\n", std::process::id());
        if self.unwritten.len() + line.len() > ROOM {
            self.lost += 1;
        } else {
            self.unwritten.extend(line.as_bytes());
        }
    }

    fn catch_up(&mut self, to: &mut impl Write) {
        while !self.unwritten.is_empty() {
            match to.write(&self.unwritten) {
                Ok(written) if written > 0 => drop(self.unwritten.drain(..written)),
                _ => return,
            }
            if self.unwritten.is_empty() && self.lost > 0 {
                let lost = std::mem::take(&mut self.lost);
                self.add(format_args!("{lost} more lines could not be written, and are lost"));
            }
        }
    }
}

/// Replaces control characters: text of others in a line must not begin another or hide it.
fn on_one_line(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with so much room.
    struct Disk {
        written: Vec<u8>,
        room: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let length = bytes.len().min(self.room);
            if length == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.room -= length;
            self.written.extend(&bytes[..length]);
            Ok(length)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_of_the_log_is_one_line() {
        let mut journal = Journal { unwritten: Vec::new(), lost: 0 };
        journal.add(format_args!("it says: a\n1 sse-hub[1]: b\r\x1b[2Kc\u{85}d\0"));
        let text = String::from_utf8(journal.unwritten).unwrap();
        assert!(text.ends_with("]: it says: a 1 sse-hub[1]: b  [2Kc d \n"), "{text:?}");
    }

    #[test]
    fn what_there_is_no_room_for_is_written_when_there_is() {
        let mut journal = Journal { unwritten: Vec::new(), lost: 0 };
        let mut disk = Disk { written: Vec::new(), room: 7 };
        for number in 0..10_000 {
            journal.add(format_args!("line {number}"));
            journal.catch_up(&mut disk);
        }
        assert!(journal.unwritten.len() <= ROOM);
        disk.room = usize::MAX;
        journal.catch_up(&mut disk);
        journal.catch_up(&mut disk);
        let text = String::from_utf8(disk.written).unwrap();
        let said: Vec<_> = text.lines().map(|line| line.split_once("]: ").unwrap().1).collect();
        let (last, lines) = said.split_last().unwrap();
        let expected: Vec<_> = (0..lines.len()).map(|number| format!("line {number}")).collect();
        assert_eq!(lines, expected);
        assert_eq!(
            *last,
            format!("{} more lines could not be written, and are lost", 10_000 - lines.len())
        );
    }
}

//! The ids of a hub without Redis: greater than all before, across restarts and clock changes.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hub_protocol::EventId;

use crate::directory;
use crate::process::journal::note;

/// Generates ids. The last one is saved in a file, from which the next hub continues if this one is killed.
#[derive(Debug)]
pub(crate) struct Ids {
    last: EventId,
    /// The last id of the hub before.
    inherited: Option<EventId>,
    file: File,
    /// False while the last one cannot be written to the file.
    is_saved: bool,
}

impl Ids {
    /// Continues after the id in the file, after another id, or from the time of day, whichever is greatest.
    ///
    /// # Errors
    ///
    /// When the file can be neither opened nor created.
    pub(crate) fn open(path: &Path, after: EventId) -> io::Result<Self> {
        let file = directory::open(path, OpenOptions::new().read(true).write(true))?;
        let mut bytes = [0; 16];
        let inherited = file.read_exact_at(&mut bytes, 0).ok().map(|()| from_bytes(bytes));
        let start = EventId { milliseconds: milliseconds(), sequence: 0 };
        let last = inherited.unwrap_or_default().max(after).max(start);
        let mut ids = Self { last, inherited, file, is_saved: true };
        // Reserves the room of the file now, however full the disk gets.
        ids.save();
        Ok(ids)
    }

    /// Saves the last id to this path from now on, as the file was removed.
    ///
    /// # Errors
    ///
    /// When the file can be neither opened nor created.
    pub(crate) fn move_to(&mut self, path: &Path) -> io::Result<()> {
        self.file = directory::open(path, OpenOptions::new().read(true).write(true))?;
        self.save();
        Ok(())
    }

    /// The last id that was given out.
    pub(crate) fn last(&self) -> EventId {
        self.last
    }

    /// The time at which the hub before may have given its last id, or a little later.
    pub(crate) fn inherited_at(&self, now: Instant) -> Option<Instant> {
        // The id has milliseconds, so the end of the millisecond counts.
        let given = self.inherited?.milliseconds.saturating_add(1);
        let ago = Duration::from_millis(milliseconds().saturating_sub(given));
        now.checked_sub(ago)
    }

    /// The next id.
    pub(crate) fn next(&mut self) -> EventId {
        self.last = self.last.next(milliseconds());
        self.save();
        self.last
    }

    fn save(&mut self) {
        let written = self.file.write_all_at(&to_bytes(self.last), 0);
        let was_saved = std::mem::replace(&mut self.is_saved, written.is_ok());
        match written {
            Err(error) if was_saved => note!(
                "cannot save the last event ID, IDs may repeat if the clock is set back before a \
                 restart: {error}"
            ),
            Ok(()) if !was_saved => note!("the last event ID is saved again"),
            _ => {}
        }
    }
}

/// Milliseconds since the Unix epoch.
fn milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn to_bytes(id: EventId) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&id.milliseconds.to_le_bytes());
    bytes[8..].copy_from_slice(&id.sequence.to_le_bytes());
    bytes
}

fn from_bytes(bytes: [u8; 16]) -> EventId {
    let both = u128::from_le_bytes(bytes);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are taken apart")]
    EventId { milliseconds: both as u64, sequence: (both >> 64) as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_on_after_a_restart_even_if_the_clock_was_set_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("last-id");
        let future = EventId { milliseconds: u64::MAX - 1, sequence: 6 };
        std::fs::write(&path, to_bytes(future)).unwrap();
        let mut ids = Ids::open(&path, EventId::ZERO).unwrap();
        assert_eq!(ids.next(), EventId { sequence: 7, ..future });
        drop(ids);
        assert_eq!(
            Ids::open(&path, EventId::ZERO).unwrap().next(),
            EventId { sequence: 8, ..future }
        );
    }

    #[test]
    fn ids_go_on_after_those_of_the_hub_before() {
        let directory = tempfile::tempdir().unwrap();
        let future = EventId { milliseconds: u64::MAX - 1, sequence: 6 };
        let mut ids = Ids::open(&directory.path().join("last-id"), future).unwrap();
        assert_eq!(ids.next(), EventId { sequence: 7, ..future });
    }

    #[test]
    fn ids_begin_with_the_time_of_day() {
        let directory = tempfile::tempdir().unwrap();
        let before = milliseconds();
        let mut ids = Ids::open(&directory.path().join("last-id"), EventId::ZERO).unwrap();
        let (first, second) = (ids.next(), ids.next());
        assert!(first.milliseconds >= before && second > first);
    }
}

//! Entries as events.

use hub_protocol::EventId;
use redis::RedisResult;

use crate::connection::parse;
use crate::entry::{Entry, RawEntry, Said, is_beginning, read_fields};
use crate::reply::malformed;
use crate::update::{Emit, Update};

/// The events among the entries; `position` becomes the last id, and may only grow. Those that are none are told.
pub(crate) fn read<Ticket>(
    raw: Vec<RawEntry>,
    position: &mut EventId,
    max_event: usize,
    emit: &Emit<Ticket>,
) -> RedisResult<Vec<Entry>> {
    let mut entries = Vec::with_capacity(raw.len());
    for (id, fields) in raw {
        let id = parse(&id)?;
        if id <= *position {
            return Err(malformed("entries that are out of order"));
        }
        *position = id;
        if is_beginning(&fields) {
            continue;
        }
        match read_fields(fields, max_event) {
            Ok(Said { publication, too_long }) => {
                if let Some(length) = too_long {
                    emit(Update::TooLarge { id, length });
                }
                entries.push(Entry { id, publication });
            }
            Err(why) => emit(Update::Foreign(format!("entry {id}: {why}"))),
        }
    }
    Ok(entries)
}

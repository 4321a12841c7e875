//! Decodes entries into events, and reports those that are none.

use hub_protocol::EventId;
use redis::RedisResult;

use crate::connection::parse_id;
use crate::entry::{Decoded, Entry, RawEntry, decode_fields, is_beginning};
use crate::reply::malformed;
use crate::update::{Emit, Update};

/// Returns the events among the entries, and reports those that are none. `position` becomes the last id; it
/// may only grow.
pub(crate) fn decode<Ticket>(
    raw: Vec<RawEntry>,
    position: &mut EventId,
    max_event: usize,
    emit: &Emit<Ticket>,
) -> RedisResult<Vec<Entry>> {
    let mut entries = Vec::with_capacity(raw.len());
    for (id, fields) in raw {
        let id = parse_id(&id)?;
        if id <= *position {
            return Err(malformed("entries that are out of order"));
        }
        *position = id;
        if is_beginning(&fields) {
            continue;
        }
        match decode_fields(fields, max_event) {
            Ok(Decoded { publication, too_long }) => {
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

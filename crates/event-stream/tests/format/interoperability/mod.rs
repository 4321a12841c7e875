//! Tests that other implementations of the standard have, case by case in our own words. The streams
//! run whole, by the byte, and cut at each byte.
//!
//! # Layout
//! * `web_platform_tests`, `eventsource_parser`, `sse_contract_tests`: whose tests they are

mod eventsource_parser;
mod sse_contract_tests;
mod web_platform_tests;

use event_stream::ParsedEvent;

use crate::parsing::message;

fn typed(event: &str, data: &str) -> ParsedEvent {
    ParsedEvent { event: Some(event.to_owned()), ..message(data) }
}

fn identified(id: &str, data: &str) -> ParsedEvent {
    ParsedEvent { id: Some(id.to_owned()), ..message(data) }
}

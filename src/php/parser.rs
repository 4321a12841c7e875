//! `SseParser`: parses an event stream in chunks, as a browser does.

use std::cell::{Cell, RefCell};

use event_stream::{EventType, ParsedEvent, Parser};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use super::arguments::{Argument, Text, WithDefault, bytes, int};
use super::event_object::SseEvent;
use super::fault::{Fault, into_php};
use crate::stream::Bailout;
use crate::zend::class::{Refinement, types};
use crate::zend::engine::Owned;

/// Reads an event stream, in chunks of any size, as a browser does.
#[php_class]
#[php(name = "SseParser")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct SseParser {
    parser: RefCell<Parser>,
    /// Events of a chunk in which another was found too large.
    kept: Cell<Vec<ParsedEvent>>,
}

pub(super) const REFINEMENTS: [Refinement; 1] = [Refinement {
    method: "__construct",
    parameter: Some("maxEventSize"),
    types: types::INT,
    default: None,
}];

#[php_impl]
#[expect(clippy::needless_pass_by_value, reason = "the macro hands arguments over by value")]
impl SseParser {
    /// A parser for events of at most so many bytes.
    #[php(defaults(max_event_size = 16_777_216))]
    fn __construct(max_event_size: WithDefault<i64>) -> PhpResult<Self> {
        let at = Argument("SseParser::__construct", 1, "maxEventSize");
        let size = match max_event_size {
            WithDefault::Passed(value) => int(value, at, "of type int"),
            WithDefault::Default(size) => Ok(size),
        };
        let size = size.and_then(|size| {
            usize::try_from(size)
                .ok()
                .filter(|size| *size > 0)
                .ok_or_else(|| at.value_error("must be greater than 0"))
        });
        into_php(size.map(|size| Self {
            parser: RefCell::new(Parser::with_max_event_size(size)),
            kept: Cell::default(),
        }))
    }

    /// Takes the next bytes, and returns the events they complete.
    fn feed(&self, chunk: Text) -> PhpResult<Vec<Zval>> {
        let at = Argument("SseParser::feed", 1, "chunk");
        into_php(bytes(chunk.0, at, "of type string").and_then(|chunk| self.take(&chunk)))
    }

    /// The last event ID in force.
    fn last_event_id(&self) -> String {
        self.parser.borrow().last_event_id().to_owned()
    }

    /// The reconnection time the stream asked for, in milliseconds.
    fn retry(&self) -> Option<i64> {
        self.parser.borrow().retry().map(|retry| milliseconds(retry.as_millis()))
    }

    /// Forgets an unfinished event.
    fn reset(&self) {
        self.parser.borrow_mut().reset();
    }
}

impl SseParser {
    fn take(&self, chunk: &[u8]) -> Result<Vec<Zval>, Fault> {
        let mut events = self.kept.take();
        // Events about the stream itself are for the parser, as they are for a browser.
        let is_news = |event: &ParsedEvent| {
            let name = event.event.as_deref().map(|name| EventType::new(name.as_bytes()));
            !name.is_some_and(|name| name.is_ok_and(EventType::is_reserved))
        };
        let fed = self
            .parser
            .borrow_mut()
            .feed(chunk, |event| events.extend(Some(event).filter(is_news)));
        if let Err(too_large) = fed {
            // They are returned by the next call: an exception cannot carry them.
            self.kept.set(events);
            return Err(Fault::wrong_moment(format!("SseParser::feed(): {too_large}")));
        }
        let objects: Result<_, Bailout> = events.iter().map(object).collect();
        Ok(objects?)
    }
}

/// Makes an object of an event; fails if memory is exhausted.
fn object(event: &ParsedEvent) -> Result<Zval, Bailout> {
    let event = SseEvent::create(
        event.data.as_bytes(),
        event.event.as_deref().map(str::as_bytes),
        event.id.as_deref().map(str::as_bytes),
        event.retry.map(|retry| milliseconds(retry.as_millis())),
    );
    event.map(Owned::give)
}

fn milliseconds(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

//! The `Sse` object and its state.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Instant;

use crate::hub::{EventId, Limit};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};

use crate::hub::Lease;
use crate::sapi::{PhpConnection, Server};
use crate::stream::{Options, Stream};
use crate::zend::class::{ReadOnly, types};
use crate::zend::engine::Owned;

/// The event stream of a request.
#[php_class]
#[php(name = "Sse")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Sse {
    pub(super) stream: Stream<PhpConnection>,
    pub(super) server: Server,
    /// The options that it was opened with, which the hub gets, too.
    pub(super) options: Options,
    /// The limits that hold for it.
    pub(super) limits: Vec<Limit>,
    /// Its lease under them.
    pub(super) lease: Cell<Option<Lease>>,
    /// True if that was lost with its hub.
    pub(super) lease_is_lost: Cell<bool>,
    /// The id of the last event that its client got from the hub.
    pub(super) position: Cell<Option<EventId>>,
    pub(super) opened: Instant,
    pub(super) started_at: (String, u32),
    /// True if the script has sent an event of type `reset`.
    pub(super) sent_reset: Cell<bool>,
    /// True if it follows topics: then only the hub may send `reset`.
    pub(super) follows: Cell<bool>,
    /// Callbacks that have not run yet.
    pub(super) callbacks: RefCell<VecDeque<Owned>>,
}

pub(in crate::php) const PROPERTIES: [ReadOnly; 1] =
    [ReadOnly { name: "lastEventId", types: types::STRING | types::NULL }];

/// An `Sse` object, declared as one.
pub(super) struct SseObject(pub(super) Owned);

impl IntoZval for SseObject {
    const TYPE: DataType = DataType::object("Sse");
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *value = self.0.give();
        Ok(())
    }
}

/// The native part of an `Sse` object.
pub(super) fn native(object: &Zval) -> Option<&Sse> {
    object.object().and_then(ZendClassObject::<Sse>::from_zend_obj).map(|object| &**object)
}

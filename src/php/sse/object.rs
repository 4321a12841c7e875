//! The `Sse` object, and what it holds.

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
    /// What it was opened with, for the hub to go on with.
    pub(super) options: Options,
    /// The limits that it came under.
    pub(super) limits: Vec<Limit>,
    /// Its place under them.
    pub(super) lease: Cell<Option<Lease>>,
    /// Whether that went with its hub.
    pub(super) lease_is_lost: Cell<bool>,
    /// The hub's event that its client has got last.
    pub(super) position: Cell<Option<EventId>>,
    pub(super) opened: Instant,
    pub(super) started_at: (String, u32),
    /// Whether an event of type `reset` was sent, and whether it follows topics, where that is the hub's to say.
    pub(super) said_reset: Cell<bool>,
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

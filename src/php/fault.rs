//! The error type of all methods, and its conversion to a PHP exception or a bailout.

use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::zend::ce;

use super::exception::SseException;
use crate::sapi::response::abort;
use crate::stream::Bailout;
use crate::zend::{bailout, engine};

/// The reason why a method does not return.
#[derive(Debug)]
pub(super) enum Fault {
    /// An exception to throw.
    Throw(PhpException),
    /// An exception, or an exit, is pending already.
    Pending,
    /// The client has left long ago: the script ends as PHP ends it at an `echo`.
    Aborted,
    /// The engine is bailing out: see [`bailout`].
    Bailout(Bailout),
}

impl From<Bailout> for Fault {
    fn from(interrupted: Bailout) -> Self {
        Self::Bailout(interrupted)
    }
}

impl Fault {
    /// A `TypeError`.
    pub(super) fn type_error(message: String) -> Self {
        Self::Throw(PhpException::new(message, 0, ce::type_error()))
    }

    /// A `ValueError`.
    pub(super) fn value_error(message: String) -> Self {
        Self::Throw(PhpException::new(message, 0, ce::value_error()))
    }

    /// Makes an `SseException`: the call came at the wrong moment.
    pub(super) fn wrong_moment(message: String) -> Self {
        Self::Throw(PhpException::new(message, 0, SseException::class()))
    }

    /// Returns [`Fault::Pending`] if an exception is pending.
    pub(super) fn if_pending() -> Result<(), Self> {
        if engine::is_unwinding() { Err(Self::Pending) } else { Ok(()) }
    }
}

/// Passes the result to PHP. Called last in every method, when nothing is owned any more.
#[inline]
pub(super) fn into_php<T>(result: Result<T, Fault>) -> PhpResult<T> {
    if bailout::is_due() {
        drop(result);
        bailout::unwind();
    }
    if matches!(result, Err(Fault::Aborted)) {
        abort::abort();
    }
    result.map_err(|fault| match fault {
        Fault::Throw(exception) => exception,
        // The engine throws the pending exception, whatever this one is.
        Fault::Pending | Fault::Aborted | Fault::Bailout(_) => {
            PhpException::from_message(String::new())
        }
    })
}

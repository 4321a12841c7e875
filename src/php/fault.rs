//! What can go wrong in a method, and the one place where it becomes PHP's business.

use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::zend::ce;

use super::exception::SseException;
use crate::sapi::response::output;
use crate::stream::Bailout;
use crate::zend::{bailout, engine};

/// Why a method gives no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// An exception to throw.
    Throw(PhpException),
    /// An exception, or an exit, is on its way already.
    Pending,
    /// The client has left long ago: the script ends as an `echo` would have ended it.
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

    /// An `SseException`: the moment is wrong.
    pub(super) fn wrong_moment(message: String) -> Self {
        Self::Throw(PhpException::new(message, 0, SseException::class()))
    }

    /// [`Fault::Pending`] if an exception is on its way.
    pub(super) fn if_pending() -> Result<(), Self> {
        if engine::is_unwinding() { Err(Self::Pending) } else { Ok(()) }
    }
}

/// Gives the answer to PHP. Called last in every method, when nothing is owned any more.
#[inline]
pub(super) fn into_php<T>(result: Result<T, Fault>) -> PhpResult<T> {
    if bailout::is_due() {
        drop(result);
        bailout::unwind();
    }
    if matches!(result, Err(Fault::Aborted)) {
        output::abort();
    }
    result.map_err(|fault| match fault {
        Fault::Throw(exception) => exception,
        // The engine throws what is pending, whatever this one says.
        Fault::Pending | Fault::Aborted | Fault::Bailout(_) => {
            PhpException::from_message(String::new())
        }
    })
}

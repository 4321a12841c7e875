//! The first thread: what is asked for at the control socket, and what is said.

mod answering;
mod keeping;
mod serving;
mod succession;
mod waiting;

pub(crate) use serving::Control;

//! The request and its response, as PHP has them: head, output buffers, session.

pub(crate) mod headers;
pub(crate) mod late_head;
pub(crate) mod output;
pub(crate) mod ownership;
pub(crate) mod request;
pub(crate) mod session;
pub(crate) mod written;

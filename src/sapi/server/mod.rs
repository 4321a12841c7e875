//! The servers of PHP: a file for each way that one carries bytes to its client.
//!
//! # Layout
//! * `kind`, `choice`: the server, and the transport that it gets
//! * `transport`, `error`: the trait of a transport; why there is none
//! * `fastcgi`, `cli_server`, `apache`, `frankenphp`, `stdio`: a transport each
//! * `httpd`, `apache_variables`: questions to httpd, and its compression
//! * `packets`: frames in the records of a connection
//! * `signals`, `stop_signals`: signals that ask the server to stop, with one stream at a time or with many

mod apache;
pub(crate) mod apache_variables;
pub(crate) mod choice;
mod cli_server;
pub(crate) mod error;
mod fastcgi;
pub(crate) mod frankenphp;
mod httpd;
pub(crate) mod kind;
pub(crate) mod packets;
pub(crate) mod signals;
mod stdio;
pub(crate) mod stop_signals;
pub(crate) mod transport;

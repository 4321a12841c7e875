//! One file for each way that a server carries bytes to its client, and what they have in common.
//!
//! # Layout
//! * `kind`, `choice`: the server, and the transport that it gets
//! * `transport`, `obstacle`: the trait of a transport, and what keeps a server from its best one
//! * `fastcgi`, `cli_server`, `apache`, `stdio`: a transport each
//! * `httpd`, `apache_variables`: questions to httpd, and its compression
//! * `packets`: frames in the records of a connection
//! * `signals`: signals that ask the server to stop

mod apache;
pub(crate) mod apache_variables;
pub(crate) mod choice;
mod cli_server;
pub(crate) mod error;
mod fastcgi;
mod httpd;
pub(crate) mod kind;
pub(crate) mod packets;
pub(crate) mod signals;
mod stdio;
pub(crate) mod transport;

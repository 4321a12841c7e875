//! One file for each way that a server carries bytes to its client, and what they have in common.

mod apache;
pub(crate) mod apache_variables;
pub(crate) mod choice;
mod cli_server;
mod fastcgi;
mod httpd;
pub(crate) mod kind;
pub(crate) mod obstacle;
pub(crate) mod packets;
pub(crate) mod signals;
mod stdio;
pub(crate) mod transport;

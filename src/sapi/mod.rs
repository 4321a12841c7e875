//! PHP's servers: every byte that is written to a response, and what each server does in its own way.
//!
//! Nothing in here decides anything about event streams. The two rules of [`crate::zend`] hold here, too.
//!
//! # Layout
//! * `ffi`: declarations
//! * `sys/`: the operating system
//! * `response/`: the request and its response
//! * `server/`: one file for each server
//! * `wire/`: the connection to one client, and the keeper
//! * `hooks`, `attached`, `head`, `overrides`: every written byte, and the wire that takes it; the last word on a
//!   head; PHP functions that must know
//! * `takeover`, `connection`, `hand_off`: a response is taken over, written to, given away
//! * `negotiation`, `encoded`: the content coding of a stream; its bytes on their way through the server
//! * `activation`, `refusal`: where a request begins and ends; where there can be no stream
//! * `adoption`, `last_line`: streams that other code opens; the line that some clients need last
//! * `diagnosis`, `proxies`, `configuration`: `doctor()`, and what it says of servers in front
//! * `settings`, `pool`: INI settings; slots that the processes of a pool share

#![allow(unsafe_code, reason = "this module talks to the servers of PHP")]

pub(crate) mod activation;
pub(crate) mod adoption;
mod attached;
mod configuration;
mod connection;
pub(crate) mod diagnosis;
mod encoded;
mod ffi;
mod hand_off;
pub(crate) mod head;
pub(crate) mod hooks;
mod last_line;
pub(crate) mod negotiation;
pub(crate) mod overrides;
pub(crate) mod pool;
mod proxies;
pub(crate) mod refusal;
pub(crate) mod response;
pub(crate) mod server;
pub(crate) mod settings;
pub(crate) mod sys;
pub(crate) mod takeover;
pub(crate) mod wire;

pub(crate) use connection::{PhpConnection, WireOptions};
pub(crate) use hand_off::PendingHandOff;
pub(crate) use server::kind::Server;

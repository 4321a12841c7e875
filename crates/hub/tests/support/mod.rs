//! A hub of its own for each test, a worker that hands connections over, and clients that read them.
//!
//! # Layout
//!
//! * `hub`: a running hub, and the ways to start one
//! * `messages`: the messages of workers and publishers, and its replies
//! * `frames`: what clients are sent
//! * `storm`: events without a pause while something happens
//! * `users`: other users
//! * `wait`: waiting for a condition
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]
#![allow(dead_code, unused_imports, reason = "each test binary uses its part")]

pub(crate) mod frames;
pub(crate) mod hub;
pub(crate) mod messages;
pub(crate) mod storm;
pub(crate) mod users;
pub(crate) mod wait;

pub(crate) use frames::{
    Told, assert_ends, assert_reads, assert_says_goodbye, chunk, frame, position, record,
};
pub(crate) use hub::{Hub, command, copy_program};
pub(crate) use messages::{
    FASTCGI, after, fill, hand_over, next_delivery, next_event, next_reply, publish, published,
    response, stream_by, to, topics,
};
pub(crate) use users::{as_user, open_directory};
pub(crate) use wait::{soon, wait_for_some, wait_until};

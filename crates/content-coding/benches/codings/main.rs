//! What each coding makes of three streams, how long that takes, and the memory it takes: as one stream, as segments
//! of some events, and with each event alone; beside nginx, which encodes the same events for one client at a time.
//!
//! # Layout
//! - [`streams`]: the events of the three streams
//! - [`encoding`]: the encoders of this crate
//! - [`nginx`]: nginx's modules
//! - [`memory`]: what encoders take in a process of their own
//!
//! **Invariant**: it judges nothing. All is encoded in one run, in turn; the best of some rounds counts, as whatever
//! else the machine does can only slow a round down.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot run panics")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]
#![allow(clippy::cast_precision_loss, reason = "nothing here counts up to 2^52")]

mod encoding;
mod memory;
mod nginx;
mod streams;

use std::env;

use content_coding::Coding;

use encoding::{Way, encode};
use nginx::Nginx;
use streams::Stream;

/// Of an encoder, for an event of a stream.
#[derive(Clone, Copy)]
struct Cost {
    bytes: f64,
    microseconds: f64,
}

fn main() {
    if let Some(words) = memory::asked(env::args()) {
        return memory::tell(&words);
    }
    let nginx = Nginx::start();
    println!("Bytes an event, how many times smaller that is, and µs of CPU an event.");
    println!("KB: what an encoder of one stream takes (in brackets: what it says itself).");
    for stream in streams::all() {
        println!("\n{}: {:.0} B an event", stream.name, stream.event_size());
        print!("  {:16}", "");
        for way in Way::ALL {
            print!("{:>28}", way.name());
        }
        println!("{:>16}", "KB");
        for coding in Coding::ALL {
            print!("  {:16}", coding.token());
            for way in Way::ALL {
                print_cost(&stream, encode(&stream, coding, way));
            }
            println!("{:>16}", memory::of_an_encoder(&stream, coding));
        }
        print_nginx(nginx.as_ref(), &stream);
    }
}

fn print_cost(stream: &Stream, cost: Cost) {
    let ratio = stream.event_size() / cost.bytes;
    print!("{:>10.1}{:>9.1}x{:>9.1}", cost.bytes, ratio, cost.microseconds);
}

/// nginx's CPU includes taking and sending the events; the first line has nothing else.
fn print_nginx(nginx: Option<&Nginx>, stream: &Stream) {
    let Some(nginx) = nginx else { return println!("  nginx is not installed: not measured") };
    for filter in Nginx::filters() {
        print!("  {:16}", filter.name);
        print_cost(stream, nginx.carry(stream, filter));
        println!("{:>72.0}", nginx.memory(stream, filter));
    }
    if !Nginx::has_brotli() {
        println!("  nginx's brotli module is not installed: not measured");
    }
}

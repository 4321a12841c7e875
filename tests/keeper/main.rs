//! The keeper on every server: heartbeats while PHP is blocked, bytes that no heartbeat damages,
//! streams of other code that are looked after.
//!
//! # Layout
//! - [`kind`]: where scripts run
//! - [`blocked`]: what a client hears while the script is blocked
//! - [`storm`]: what a client makes of events between heartbeats as fast as they go
//!
//! With `SSE_KEEPER=full` in the environment, as `make storm` sets it, everything takes its full time,
//! and prints what was measured.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]
#![allow(clippy::print_stdout, reason = "in full, a test prints what it measured")]

mod blocked;
mod kind;
mod storm;

use std::{thread, time::Duration};

use blocked::{Block, CALLS};
use kind::Kind;

/// Makes tests of these cases, on these kinds of places.
macro_rules! on {
    ($cases:tt $($module:ident: $kind:ident,)*) => { $(on!(@ $module, $kind, $cases);)* };
    (@ $module:ident, $kind:ident, [$($case:ident,)*]) => {
        mod $module { $(#[test] fn $case() { super::$case(&crate::kind::$kind); })* }
    };
}

on! {
    [
        heartbeats_come_while_php_is_blocked,
        no_heartbeat_damages_an_event,
    ]
    fpm: FPM,
    fpm_over_tcp: FPM_OVER_TCP,
    fpm_kept_alive: FPM_KEPT_ALIVE,
    cgi: CGI,
    builtin: BUILTIN,
    command_line: COMMAND_LINE,
    apache: APACHE,
    apache_plain: APACHE_PLAIN,
    apache_tls: APACHE_TLS,
    apache_deflate: APACHE_DEFLATE,
}

/// Whether everything is to take its full time.
fn in_full() -> bool {
    std::env::var_os("SSE_KEEPER").is_some_and(|value| value == "full")
}

fn heartbeats_come_while_php_is_blocked(kind: &Kind) {
    let (length, heartbeat, least, longest) =
        if in_full() { (20_000, 1000, 19, 1100) } else { (2000, 200, 8, 400) };
    let [length, heartbeat, longest] = [length, heartbeat, longest].map(Duration::from_millis);
    let block = Block { length, heartbeat };
    let running = blocked::run(kind, &CALLS);
    thread::scope(|scope| {
        for call in CALLS {
            let running = &running;
            scope.spawn(move || {
                let heard = blocked::hear(running, call, block);
                if in_full() {
                    println!("{:<16} {call:<10} {heard:?}", kind.name);
                }
                assert!(heard.heartbeats >= least, "{call}: {heard:?}");
                assert!(heard.silence <= longest, "{call}: {heard:?}");
                assert!(heard.blocked >= block.length, "{call}: {heard:?}");
            });
        }
    });
}

fn no_heartbeat_damages_an_event(kind: &Kind) {
    let (length, least) = if in_full() { (30, 50_000) } else { (2, 1000) };
    let mut heartbeats = 0;
    // Apache's heartbeats wait for room in the connection: there, it takes several storms.
    for _ in 0..8 {
        let storm = storm::blow(kind, Duration::from_secs(length));
        if in_full() {
            println!("{:<16} storm      {storm}", kind.name);
        }
        assert!(storm.is_unharmed(), "{storm:?}");
        heartbeats += storm.heartbeats;
        if heartbeats >= least {
            return;
        }
    }
    panic!("{heartbeats} heartbeats are no storm");
}

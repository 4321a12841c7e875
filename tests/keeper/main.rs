//! The keeper on every server: heartbeats while PHP is blocked, bytes that no heartbeat damages,
//! streams of other code that are looked after.
//!
//! # Layout
//! - [`kind`]: where scripts run
//! - [`blocked`]: what a client hears while the script is blocked
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod blocked;
mod kind;

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

fn heartbeats_come_while_php_is_blocked(kind: &Kind) {
    let block = Block { length: Duration::from_secs(2), heartbeat: Duration::from_millis(200) };
    let running = blocked::run(kind, &CALLS);
    thread::scope(|scope| {
        for call in CALLS {
            let running = &running;
            scope.spawn(move || {
                let heard = blocked::hear(running, call, block);
                assert!(heard.heartbeats >= 8, "{call}: {heard:?}");
                assert!(heard.silence <= 2 * block.heartbeat, "{call}: {heard:?}");
                assert!(heard.blocked >= block.length, "{call}: {heard:?}");
            });
        }
    });
}

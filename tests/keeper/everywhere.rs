//! The tests that hold on every server.

use server_tests::server::Php;

use crate::blocked;
use crate::kind::Kind;
use crate::{BLOCK, all_are_steady, storm};

on! {
    [
        heartbeats_come_while_php_is_blocked,
        no_heartbeat_damages_an_event,
    ]
    fpm: Fpm,
    fpm_over_tcp: FpmOverTcp,
    fpm_keepalive: FpmKeepalive,
    cgi: Cgi,
    builtin: Builtin,
    command_line: CommandLine,
    apache: Apache,
    apache_plain: ApachePlain,
    apache_tls: ApacheTls,
    apache_deflate: ApacheDeflate,
    frankenphp: FrankenPhp,
    frankenphp_worker: FrankenPhpWorker,
    frankenphp_proxied: FrankenPhpProxied,
}

mod on_several_threads {
    use super::*;

    on! {
        [
            no_heartbeat_damages_an_event_of_any,
        ]
        frankenphp: FrankenPhp,
        frankenphp_worker: FrankenPhpWorker,
    }
}

/// The server writes for several threads of one process, and the keeper beside each.
fn no_heartbeat_damages_an_event_of_any(kind: Kind) {
    for storm in storm::blow_around(kind, Php::with_sse(), 500, 8) {
        assert_eq!(storm.damage, None, "{storm:?}");
        assert!(storm.heartbeats > 0, "{storm:?}");
    }
}

fn heartbeats_come_while_php_is_blocked(kind: Kind) {
    let calls = blocked::calls();
    let running = blocked::run(kind, &calls);
    all_are_steady(&calls, |call| blocked::open(&running, call, BLOCK));
}

fn no_heartbeat_damages_an_event(kind: Kind) {
    let storm = storm::blow(kind, Php::with_sse(), 2000);
    assert_eq!(storm.damage, None, "{storm:?}");
    assert!(storm.heartbeats >= 2000, "{storm:?}");
}

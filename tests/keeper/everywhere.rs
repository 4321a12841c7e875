//! The tests that hold on every server.

use server_tests::server::Php;

use crate::blocked::{self, CALLS};
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
}

fn heartbeats_come_while_php_is_blocked(kind: Kind) {
    let running = blocked::run(kind, &CALLS);
    all_are_steady(&CALLS, |call| blocked::open(&running, call, BLOCK));
}

fn no_heartbeat_damages_an_event(kind: Kind) {
    let storm = storm::blow(kind, Php::with_sse(), 2000);
    assert_eq!(storm.damage, None, "{storm:?}");
    assert!(storm.heartbeats >= 2000, "{storm:?}");
}

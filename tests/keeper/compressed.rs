//! The tests of streams that are compressed.

use server_tests::content_coding::Coding;

use crate::kind::Kind;
use crate::{all_are_steady, blocked, hub_storm, storm};

on! {
    [
        heartbeats_come_in_each_coding_while_php_is_blocked,
    ]
    fpm: Fpm,
    fpm_over_tcp: FpmOverTcp,
    fpm_keepalive: FpmKeepalive,
    cgi: Cgi,
    builtin: Builtin,
    apache: Apache,
    apache_plain: ApachePlain,
    apache_tls: ApacheTls,
    apache_deflate: ApacheDeflate,
}

fn heartbeats_come_in_each_coding_while_php_is_blocked(kind: Kind) {
    let running = blocked::run_in_codings(kind);
    let codings = Coding::ALL.map(Coding::token);
    all_are_steady(&codings, |coding| blocked::open_in(&running, coding, crate::BLOCK));
}

mod in_a_storm {
    use super::*;

    on! {
        [
            no_heartbeat_damages_an_event_in_any_coding,
        ]
        fpm: Fpm,
        builtin: Builtin,
        apache: Apache,
        frankenphp: FrankenPhp,
    }
}

fn no_heartbeat_damages_an_event_in_any_coding(kind: Kind) {
    for coding in Coding::ALL {
        let storm = storm::blow_in(coding, kind, 1000);
        assert_eq!(storm.damage, None, "{coding:?}: {storm:?}");
        assert!(storm.heartbeats >= 1000, "{coding:?}: {storm:?}");
    }
}

#[test]
fn no_heartbeat_of_the_hub_damages_an_event_in_any_coding() {
    for (coding, storm) in hub_storm::blow(4, 4000) {
        assert_eq!(storm.damage, None, "{coding:?}: {storm:?}");
        assert!(storm.heartbeats > 100, "{coding:?}: {storm:?}");
    }
}

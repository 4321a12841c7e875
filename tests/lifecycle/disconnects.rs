//! A client that leaves is noticed at once, and without a write.

use std::time::Duration;

use crate::disconnect::{Watch, delay};
use crate::stage::Kind;

/// At once means within this time. It is a millisecond in truth (see the latency table); a busy machine may
/// take its time.
const AT_ONCE: Duration = Duration::from_secs(1);

#[track_caller]
fn delay_of(kind: Kind, watch: Watch) -> Duration {
    let stage = watch.stage(kind, 1);
    delay(&stage, stage.visit())
}

#[track_caller]
fn is_noticed_at_once(kind: Kind, watch: Watch) {
    let delay = delay_of(kind, watch);
    assert!(delay < AT_ONCE, "it took {delay:?}");
}

#[test]
fn plain_php_notices_seconds_later_and_only_by_writing() {
    assert!(delay_of(Kind::Builtin, Watch::PlainPhp) > AT_ONCE);
}

macro_rules! on_every_server {
    ($($server:ident: $kind:ident,)*) => {
        $(mod $server {
            use super::*;

            #[test]
            fn is_open_notices_that_the_client_left() {
                is_noticed_at_once(Kind::$kind, Watch::IsOpen);
            }

            #[test]
            fn connection_aborted_notices_that_the_client_left() {
                is_noticed_at_once(Kind::$kind, Watch::ConnectionAborted);
            }

            #[test]
            fn wait_returns_when_the_client_leaves() {
                is_noticed_at_once(Kind::$kind, Watch::Wait);
            }
        })*
    };
}

on_every_server! {
    builtin_server: Builtin,
    fpm: Fpm,
    fpm_keepalive: FpmKeepalive,
    apache: Apache,
    cgi: Cgi,
    frankenphp: FrankenPhp,
    command_line: CommandLine,
}

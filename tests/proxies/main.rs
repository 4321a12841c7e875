//! Streams behind other servers than nginx: with the settings of docs/servers.md they work as there, and
//! without these settings they do not.
//!
//! # Layout
//! - [`scene`]: a server in front of PHP, and a stream behind it
//! - [`cases`]: the tests that hold behind each of them
//! - [`doctor`]: what `doctor()` tells of it
//! - [`controls`]: the settings that are needed, left out
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod cases;
mod controls;
mod doctor;
mod scene;

use server_tests::server::{Caddy, Fcgid, Fpm, Lighttpd, Php, ProxyFcgi, Varnish};

use cases::Kind;
use scene::HAPROXY;

cases::on! {
    nginx: Kind { start: |root, php| fpm(root, php).start(), writes: 0..=0, named: &["nginx"] },
    caddy: Kind {
        start: |root, php| fpm(root, php).start_behind(&Caddy),
        writes: 4..=4,
        named: &["Caddy"],
    },
    lighttpd: Kind {
        start: |root, php| fpm(root, php).start_behind(&Lighttpd { streams: true }),
        writes: 1..=1,
        named: &["lighttpd"],
    },
    proxy_fcgi: Kind {
        start: |root, php| fpm(root, php).start_behind(&ProxyFcgi { flushes: true }),
        writes: 2..=2,
        named: &["Apache"],
    },
    fcgid: Kind {
        start: |root, php| Fcgid::new(root, php, "FcgidOutputBufferSize 0").start(),
        writes: 2..=2,
        named: &["Apache"],
    },
    haproxy_by_fastcgi: Kind {
        start: |root, php| fpm(root, php).start_behind(&HAPROXY),
        writes: 1..=1,
        named: &["HAProxy"],
    },
    haproxy_by_http: Kind {
        start: |root, php| fpm(root, php).start().behind(&HAPROXY),
        writes: 0..=0,
        named: &["nginx"],
    },
    varnish: Kind {
        start: |root, php| fpm(root, php).start().behind(&Varnish { vcl: "" }),
        writes: 2..=3,
        named: &["nginx", "Varnish"],
    },
    varnish_with_a_pipe: Kind {
        start: |root, php| fpm(root, php).start().behind(&Varnish { vcl: scene::PIPE }),
        writes: 0..=0,
        named: &["nginx", "Varnish"],
    },
}

fn fpm(root: &std::path::Path, php: Php) -> Fpm {
    Fpm::new(root, php)
}

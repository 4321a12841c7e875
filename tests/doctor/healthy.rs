//! Nobody is named where all is well.

use std::path::Path;
use std::thread;

use server_tests::server::{
    CaddyWith, HaProxy, NginxProxy, Php, ProxyFcgi, ProxyFcgiWithDeflate, Server,
};

use crate::culprits::{HTTP_1_0, NGINX, NOBODY, apache, are_named, builtin, fpm};

type Start = fn(&Path, Php) -> Server;

const HAPROXY: HaProxy = HaProxy { options: &["http-no-delay", "abortonclose"] };

/// Set-ups in which streams of the extension pass, and who holds those without it.
const SET_UPS: [(&str, Start, &[&str]); 8] = [
    ("php -S", builtin, &NOBODY),
    ("mod_php", apache, &NOBODY),
    ("nginx", |root, php| fpm(root, php).start(), &NGINX),
    ("HAProxy, set as the docs say", |root, php| fpm(root, php).start().behind(&HAPROXY), &NGINX),
    (
        "Caddy, which compresses and flushes",
        |root, php| fpm(root, php).start_behind(&CaddyWith("encode gzip")),
        &NOBODY,
    ),
    (
        "mod_deflate, which flushes",
        |root, php| {
            let flushes = true;
            fpm(root, php).start_behind(&ProxyFcgiWithDeflate(ProxyFcgi { flushes }))
        },
        &NOBODY,
    ),
    (
        "nginx that speaks HTTP/1.1 to nginx",
        |root, php| {
            let lines = "proxy_http_version 1.1;";
            fpm(root, php).start().behind(&NginxProxy { lines })
        },
        &NGINX,
    ),
    (
        "nginx that passes X-Accel-Buffering on to nginx",
        |root, php| {
            let line = "fastcgi_pass_header X-Accel-Buffering;";
            fpm(root, php).nginx_line(line).start().behind(&NginxProxy { lines: HTTP_1_0 })
        },
        &NGINX,
    ),
];

#[test]
fn nobody_is_named_where_all_is_well() {
    for side_by_side in SET_UPS.chunks(4) {
        thread::scope(|scope| {
            for (name, start, others) in side_by_side {
                let thread = thread::Builder::new().name((*name).to_owned());
                thread.spawn_scoped(scope, || are_named(*start, &NOBODY, others)).unwrap();
            }
        });
    }
}

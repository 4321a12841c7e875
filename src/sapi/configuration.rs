//! The lines of configuration by which web servers and proxies pass a stream on as it comes, for `doctor()`.
//!
//! They stand in docs/servers.md, too, and are held against it by a test.

use super::proxies::{self, InFront};
use super::server::kind::Server;

/// The lines of each server. `{time}` is a time in seconds that is longer than the heartbeat.
const LINES: [(&str, &str); 8] = [
    ("nginx", NGINX),
    ("Apache", APACHE),
    ("Caddy", CADDY),
    ("lighttpd", LIGHTTPD),
    ("HAProxy", HAPROXY),
    ("Varnish", VARNISH),
    ("Cloudflare", CLOUDFLARE),
    ("IIS", IIS),
];

const NGINX: &str = "\
# where PHP is called (fastcgi_pass); X-Accel-Buffering must not be in fastcgi_ignore_headers
fastcgi_read_timeout {time}s;
fastcgi_pass_header X-Accel-Buffering;    # for another nginx in front of this one

# in front of another web server (proxy_pass)
proxy_http_version 1.1;
proxy_set_header Connection \"\";
proxy_buffering off;
proxy_read_timeout {time}s;";

const APACHE: &str = "\
# mod_proxy_fcgi, in front of PHP-FPM: the same socket as in SetHandler
<Proxy \"unix:/run/php/php-fpm.sock|fcgi://localhost\">
    ProxySet flushpackets=on timeout={time}
</Proxy>

# mod_fcgid
FcgidOutputBufferSize 0
FcgidIOTimeout {time}

# in front of another web server (mod_proxy_http)
ProxyTimeout {time}";

const CADDY: &str = "\
php_fastcgi unix//run/php/php-fpm.sock

# in front of another web server
reverse_proxy 127.0.0.1:8080 {
    flush_interval -1
}";

const LIGHTTPD: &str = "server.stream-response-body = 1";

const HAPROXY: &str = "\
defaults
    mode http
    option http-no-delay     # else the kernel holds events back, 0.2 s
    option abortonclose      # a client that leaves is told of
    timeout client {time}s
    timeout server {time}s";

const VARNISH: &str = "\
sub vcl_recv {
    if (req.http.Accept ~ \"text/event-stream\") { return (pipe); }
}
# varnishd -p pipe_timeout={time}";

const CLOUDFLARE: &str = "\
; php.ini: what is silent for 100 s is ended
sse.heartbeat = 15";

const IIS: &str = "\
rem Application Request Routing, in front of another web server
appcmd set config -section:system.webServer/proxy -responseBufferLimit:0 -timeout:00:02:00 -commit:apphost";

/// Returns the lines of each server by its name, those that this request shows first.
pub(super) fn of(server: Server, in_front: &InFront) -> Vec<(String, String)> {
    let shown = proxies::names(server, in_front);
    let place = |name: &str| shown.iter().position(|shown| *shown == name);
    let mut lines = LINES;
    // Stable: the others keep their order.
    lines.sort_by_key(|(name, _)| place(name).unwrap_or(shown.len()));
    let time = longer_than(in_front.heartbeat);
    lines
        .into_iter()
        .map(|(name, lines)| (name.to_owned(), lines.replace("{time}", &time)))
        .collect()
}

/// Returns a time in whole seconds that leaves room for two heartbeats, and that servers have by default.
fn longer_than(heartbeat: f64) -> String {
    format!("{:.0}", (heartbeat * 2.0).ceil().max(60.0))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn named(server: Server, software: &str, headers: &[&'static str]) -> Vec<String> {
        let in_front = InFront { software, headers: headers.to_vec(), heartbeat: 15.0 };
        of(server, &in_front).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_lines_that_fit_the_request_come_first_and_no_other_is_lost() {
        let all = LINES.map(|(name, _)| name);
        for (server, software, headers, first) in [
            (Server::Fpm, "lighttpd/1.4.69", &["X-Forwarded-For"][..], &["lighttpd"][..]),
            (Server::Fpm, "nginx/1.22", &["X-Varnish", "Via"], &["nginx", "Varnish"]),
            (Server::Cgi, "Apache", &["CF-Ray"], &["Apache", "Cloudflare"]),
            (Server::Apache, "", &[], &["Apache"]),
            (Server::FrankenPhp, "FrankenPHP", &[], &["Caddy"]),
            (Server::BuiltIn, "PHP 8.2 Development Server", &[], &["nginx"]),
        ] {
            let mut named = named(server, software, headers);
            assert_eq!(named[..first.len()], *first, "{server:?} {software}");
            named.sort_by_key(|name| all.iter().position(|other| other == name));
            assert_eq!(named, all);
        }
    }

    #[test]
    fn times_are_longer_than_the_heartbeat() {
        for (heartbeat, time) in [(0.0, "60"), (15.0, "60"), (30.5, "61"), (100.0, "200")] {
            assert_eq!(longer_than(heartbeat), time);
        }
    }

    #[test]
    fn the_docs_have_the_same_lines() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/servers.md");
        let docs = std::fs::read_to_string(docs).unwrap();
        let in_front = InFront { software: "", headers: Vec::new(), heartbeat: 15.0 };
        for (name, lines) in of(Server::CommandLine, &in_front) {
            for paragraph in lines.split("\n\n") {
                assert!(docs.contains(paragraph), "docs/servers.md lacks, of {name}:\n{paragraph}");
            }
        }
    }
}

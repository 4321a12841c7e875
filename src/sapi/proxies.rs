//! Recognizes the web server and proxies in front of PHP, and says what to set there.
//!
//! It calls nothing of PHP's: the words come from what is recognized, and nothing that a client sends is repeated.

use super::server::kind::Server;

/// The servers that a request came through, as far as it shows.
pub(super) struct InFront<'a> {
    /// `SERVER_SOFTWARE`: what the web server calls itself.
    pub(super) software: &'a str,
    /// Those of [`HEADERS`] that the request has. A client can send them as well as a proxy can.
    pub(super) headers: Vec<&'static str>,
    /// `sse.heartbeat`, in seconds; 0 is none.
    pub(super) heartbeat: f64,
}

/// Header fields that proxies add, as `$_SERVER` and as HTTP name them.
pub(super) const HEADERS: [(&str, &str); 6] = [
    ("HTTP_X_VARNISH", "X-Varnish"),
    ("HTTP_X_VINYL", "X-Vinyl"), // Vinyl Cache, as Varnish is called since version 9
    ("HTTP_CF_RAY", "CF-Ray"),
    ("HTTP_VIA", "Via"),
    ("HTTP_FORWARDED", "Forwarded"),
    ("HTTP_X_FORWARDED_FOR", "X-Forwarded-For"),
];

/// The web servers that pass requests on to PHP by FastCGI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Front {
    Nginx,
    Caddy,
    Lighttpd,
    ProxyFcgi,
    Fcgid,
    HaProxy,
    Unknown,
}

impl Front {
    /// Recognizes it by the name that it gives itself. Apache does not say which module it is: `mod_fcgid` starts
    /// php-cgi, and FPM is behind `mod_proxy_fcgi`.
    fn of(server: Server, software: &str) -> Self {
        let software = software.to_ascii_lowercase();
        match software.split(['/', ' ']).next().unwrap_or_default() {
            "nginx" | "openresty" | "angie" | "freenginx" | "tengine" => Self::Nginx,
            "caddy" | "frankenphp" => Self::Caddy,
            "lighttpd" => Self::Lighttpd,
            "haproxy" => Self::HaProxy,
            "apache" if server == Server::Cgi => Self::Fcgid,
            "apache" => Self::ProxyFcgi,
            _ => Self::Unknown,
        }
    }

    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &[
                "nginx: nothing, X-Accel-Buffering: no is sent; do not list it in \
                 fastcgi_ignore_headers",
                "nginx: keep fastcgi_read_timeout (60s) above sse.heartbeat",
            ],
            Self::Caddy => &["Caddy: nothing to set, php_fastcgi passes a stream on as it comes"],
            Self::Lighttpd => {
                &["lighttpd: server.stream-response-body = 1, or nothing arrives before the end"]
            }
            Self::ProxyFcgi => {
                &["Apache with mod_proxy_fcgi: ProxySet flushpackets=on, or nothing \
                                  arrives before the end"]
            }
            Self::Fcgid => &[
                "Apache with mod_fcgid: FcgidOutputBufferSize 0, or nothing arrives before the end",
                "Apache with mod_fcgid: keep FcgidIOTimeout (40) above sse.heartbeat",
                "Apache with mod_proxy_fcgi: ProxySet flushpackets=on, or nothing arrives before the \
                 end",
            ],
            Self::HaProxy => &[
                "HAProxy: option http-no-delay, or events are 0.2 s late",
                "HAProxy: option abortonclose, or it sees later that a client has left",
                "HAProxy: keep timeout server and timeout client above sse.heartbeat",
            ],
            Self::Unknown => {
                &["the web server has to pass every byte on as it comes, and to wait \
                                longer for the next one than sse.heartbeat"]
            }
        }
    }

    /// Returns the name under which its lines of configuration stand.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Nginx => Some("nginx"),
            Self::Caddy => Some("Caddy"),
            Self::Lighttpd => Some("lighttpd"),
            Self::ProxyFcgi | Self::Fcgid => Some("Apache"),
            Self::HaProxy => Some("HAProxy"),
            Self::Unknown => None,
        }
    }

    /// Returns its name, and at which write after a disconnect it closes the connection to PHP; `None` where it
    /// does so by itself, or nobody knows.
    fn departure(self) -> Option<(&'static str, u8)> {
        match self {
            Self::Nginx | Self::Unknown => None,
            Self::Lighttpd => Some(("lighttpd", 1)),
            Self::ProxyFcgi | Self::Fcgid => Some(("Apache", 2)),
            Self::HaProxy => Some(("HAProxy with option abortonclose", 1)),
            Self::Caddy => Some(("Caddy", 4)),
        }
    }
}

/// True if nginx is in front, by the name that it gives itself.
pub(super) fn is_nginx(server: Server, software: &str) -> bool {
    Front::of(server, software) == Front::Nginx
}

/// Returns the names of the servers that are in front, the nearest to PHP first, as far as they show.
pub(super) fn names(server: Server, in_front: &InFront) -> Vec<&'static str> {
    let front = match server {
        Server::Fpm | Server::Cgi => Front::of(server, in_front.software).name(),
        Server::Apache => Some("Apache"),
        Server::FrankenPhp => Some("Caddy"),
        _ => None,
    };
    let proxies = in_front.headers.iter().filter_map(|header| match *header {
        "X-Varnish" | "X-Vinyl" => Some("Varnish"),
        "CF-Ray" => Some("Cloudflare"),
        _ => None,
    });
    front.into_iter().chain(proxies).collect()
}

/// Returns what to set: in front of a server that speaks FastCGI, and before that.
pub(super) fn advice(server: Server, in_front: &InFront) -> Vec<String> {
    let fast_cgi = matches!(server, Server::Fpm | Server::Cgi);
    let front = fast_cgi.then(|| Front::of(server, in_front.software));
    let settings = front.map_or(own_settings(server), Front::settings);
    let mut advice: Vec<_> = settings.iter().copied().map(String::from).collect();
    advice.extend(
        front
            .and_then(Front::departure)
            .map(|(name, writes)| departure(name, writes, in_front.heartbeat)),
    );
    advice.extend(before(front, &in_front.headers));
    advice
}

fn own_settings(server: Server) -> &'static [&'static str] {
    match server {
        Server::BuiltIn if !has_workers() => {
            &["php -S serves one request at a time: set PHP_CLI_SERVER_WORKERS to serve more"]
        }
        _ => &[],
    }
}

/// True if `php -S` was told to have more than one worker.
fn has_workers() -> bool {
    let number = std::env::var("PHP_CLI_SERVER_WORKERS").unwrap_or_default();
    number.trim().parse::<u32>().is_ok_and(|number| number > 1)
}

fn departure(name: &str, writes: u8, heartbeat: f64) -> String {
    let which = ["first", "second", "third", "fourth"][usize::from(writes - 1) % 4];
    let seen = format!("{name} tells PHP that a client has left at the {which} write after it");
    if heartbeat > 0.0 {
        let late = heartbeat * f64::from(writes);
        format!("{seen}: with sse.heartbeat = {heartbeat} after up to {late} s")
    } else {
        format!("{seen}: with sse.heartbeat = 0 never, unless the script sends; set it, e.g. to 15")
    }
}

/// Tells what to set in proxies before the web server.
fn before(front: Option<Front>, headers: &[&'static str]) -> Option<String> {
    // Caddy adds this one itself.
    let own = |header: &str| front == Some(Front::Caddy) && header == "X-Forwarded-For";
    let headers: Vec<_> = headers.iter().copied().filter(|header| !own(header)).collect();
    let shown = headers.join(", ");
    let what = match *headers.first()? {
        "X-Varnish" | "X-Vinyl" => {
            "Varnish: have vcl_recv return (pipe) for streams, so that it sees at once that a client \
             has left; keep pipe_timeout (60s) above sse.heartbeat"
        }
        "CF-Ray" => "Cloudflare: it cuts what is silent for 100 s; keep sse.heartbeat below",
        _ => {
            "a proxy: it has to pass every byte on as it comes, and to wait longer for the next one \
             than sse.heartbeat"
        }
    };
    Some(format!("the request seems to have come through {what} ({shown})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(server: Server, software: &str, headers: &[&'static str], heartbeat: f64) -> String {
        advice(server, &InFront { software, headers: headers.to_vec(), heartbeat }).join("\n")
    }

    #[test]
    fn each_server_in_front_gets_its_own_advice_and_no_others() {
        const NAMES: [&str; 5] = ["nginx", "Caddy", "lighttpd", "Apache", "HAProxy"];
        for (server, software, name, setting) in [
            (Server::Fpm, "nginx/1.22.1", "nginx", "fastcgi_ignore_headers"),
            (Server::Cgi, "nginx", "nginx", "fastcgi_read_timeout"),
            (Server::Fpm, "openresty/1.25.3.1", "nginx", "fastcgi_read_timeout"),
            (Server::Fpm, "Caddy/2.6.2", "Caddy", "nothing to set"),
            (Server::Fpm, "Caddy/v2.10.0", "Caddy", "nothing to set"),
            (Server::Fpm, "lighttpd/1.4.69", "lighttpd", "server.stream-response-body"),
            (Server::Fpm, "Apache/2.4.71 (Debian)", "Apache", "flushpackets=on"),
            (Server::Fpm, "Apache", "Apache", "flushpackets=on"),
            (
                Server::Cgi,
                "Apache/2.4.71 (Debian) mod_fcgid/2.3.9",
                "Apache",
                "FcgidOutputBufferSize 0",
            ),
            (Server::Fpm, "HAProxy 2.6.12-1+deb12u4", "HAProxy", "option http-no-delay"),
        ] {
            let told = told(server, software, &[], 15.0);
            assert!(told.contains(setting), "{software}: {told}");
            for other in NAMES.iter().filter(|other| **other != name) {
                assert!(!told.contains(other), "{software}: {told}");
            }
        }
    }

    #[test]
    fn how_late_a_departure_is_seen_follows_from_the_heartbeat() {
        for (software, words) in [
            (
                "Caddy/2.6.2",
                "at the fourth write after it: with sse.heartbeat = 15 after up to 60 s",
            ),
            ("lighttpd", "at the first write after it: with sse.heartbeat = 15 after up to 15 s"),
            ("Apache", "at the second write after it: with sse.heartbeat = 15 after up to 30 s"),
            (
                "HAProxy 2.6",
                "at the first write after it: with sse.heartbeat = 15 after up to 15 s",
            ),
        ] {
            let told = told(Server::Fpm, software, &[], 15.0);
            assert!(told.contains(words), "{told}");
        }
        assert!(!told(Server::Fpm, "nginx", &[], 15.0).contains("has left"));
    }

    #[test]
    fn without_heartbeats_a_departure_is_never_seen_and_that_is_told() {
        let told = |software| told(Server::Fpm, software, &[], 0.0);
        for software in ["Caddy/2.6.2", "lighttpd", "Apache", "HAProxy 2.6"] {
            let told = told(software);
            assert!(told.contains("with sse.heartbeat = 0 never"), "{told}");
        }
        assert!(!told("nginx").contains("never"));
    }

    #[test]
    fn a_proxy_before_the_server_is_recognized_by_what_it_adds() {
        let told = |headers: &[&'static str]| told(Server::Fpm, "nginx", headers, 15.0);
        assert!(!told(&[]).contains("come through"));
        assert!(
            told(&["X-Varnish", "Via", "X-Forwarded-For"])
                .ends_with("above sse.heartbeat (X-Varnish, Via, X-Forwarded-For)")
        );
        assert!(told(&["X-Vinyl", "Via"]).contains("through Varnish"));
        assert!(told(&["CF-Ray"]).contains("through Cloudflare"));
        assert!(told(&["X-Forwarded-For"]).contains("through a proxy"));
    }

    #[test]
    fn what_caddy_adds_itself_is_no_proxy_before_it() {
        let told = |headers: &[&'static str]| told(Server::Fpm, "Caddy/2.6.2", headers, 15.0);
        assert!(!told(&["X-Forwarded-For"]).contains("come through"));
        assert!(told(&["Via", "X-Forwarded-For"]).contains("through a proxy"));
    }

    #[test]
    fn a_server_with_an_unknown_name_gets_advice_for_any_and_its_name_is_not_repeated() {
        for software in ["", "<script>", "nginx-like"] {
            let told = told(Server::Fpm, software, &[], 15.0);
            assert!(told.starts_with("the web server has to pass every byte on"), "{told}");
            assert!(!told.contains("<script>"));
        }
    }

    #[test]
    fn where_php_is_the_web_server_its_name_says_nothing() {
        assert!(told(Server::BuiltIn, "nginx", &[], 0.0).starts_with("php -S"));
        assert_eq!(told(Server::Apache, "Apache", &[], 0.0), "");
        assert_eq!(told(Server::CommandLine, "", &[], 15.0), "");
    }
}

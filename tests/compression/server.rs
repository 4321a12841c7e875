//! Servers that run PHP, and what stands in front of them. Some would compress by themselves.

use std::path::Path;

use server_tests::binary;
use server_tests::content_coding::Coding;
use server_tests::server::{
    Apache, Builtin, Caddy, CaddyWith, Cgi, Fcgid, Fpm, FrankenPhp, HaProxy, Lighttpd, NginxProxy,
    Php, ProxyFcgi, ProxyFcgiWithDeflate, Server, Varnish,
};

/// A server, or several in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Fpm,
    FpmOverTcp,
    FpmKeepalive,
    Cgi,
    Builtin,
    Apache,
    ApachePlain,
    ApacheTls,
    Fcgid,
    ProxyFcgi,
    Caddy,
    Lighttpd,
    HaProxyByFastCgi,
    HaProxyByHttp,
    FrankenPhp,
    FrankenPhpWorker,
    FpmGzip,
    NginxGzip,
    ApacheDeflate,
    ApacheBrotli,
    ProxyFcgiDeflate,
    CaddyEncode,
    Varnish,
    VarnishPipe,
}

/// Makes a test of each of these functions on every server, `<function>::<server>`.
macro_rules! on_every_server {
    ($($case:ident,)*) => { $(
        mod $case {
            $crate::server::each_server! { $case }
        }
    )* };
}
pub(crate) use on_every_server;

macro_rules! each_server {
    ($case:ident) => {
        $crate::server::each_server! { @ $case
            fpm: Fpm, fpm_over_tcp: FpmOverTcp, fpm_keepalive: FpmKeepalive, cgi: Cgi, builtin: Builtin,
            apache: Apache, apache_plain: ApachePlain, apache_tls: ApacheTls, fcgid: Fcgid, proxy_fcgi: ProxyFcgi,
            caddy: Caddy, lighttpd: Lighttpd, haproxy_by_fastcgi: HaProxyByFastCgi, haproxy_by_http: HaProxyByHttp,
            frankenphp: FrankenPhp, frankenphp_worker: FrankenPhpWorker,
            fpm_with_gzip: FpmGzip, nginx_with_gzip: NginxGzip, apache_with_deflate: ApacheDeflate,
            apache_with_brotli: ApacheBrotli, proxy_fcgi_with_deflate: ProxyFcgiDeflate,
            caddy_with_encode: CaddyEncode, varnish: Varnish, varnish_with_a_pipe: VarnishPipe,
        }
    };
    (@ $case:ident $($name:ident: $kind:ident,)*) => { $(
        #[test]
        fn $name() {
            super::$case($crate::server::Kind::$kind);
        }
    )* };
}
pub(crate) use each_server;

/// As docs/servers.md has it.
const HAPROXY: HaProxy = HaProxy { options: &["http-no-delay", "abortonclose"] };

/// Has Varnish pass the bytes of streams on without a look at them.
const PIPE: &str =
    r#"sub vcl_recv { if (req.http.Accept ~ "text/event-stream") { return (pipe); } }"#;

/// Has nginx compress whatever it may.
const GZIP: &str = "gzip on; gzip_proxied any; gzip_min_length 0; gzip_types *;";

/// By HTTP/1.0, as older versions ask where nothing is said, there is no coding.
const GZIP_AND_HTTP_1_1: &str =
    "proxy_http_version 1.1; gzip on; gzip_proxied any; gzip_min_length 0; gzip_types *;";

impl Kind {
    /// All.
    pub(crate) const ALL: [Self; 24] = [
        Self::Fpm,
        Self::FpmOverTcp,
        Self::FpmKeepalive,
        Self::Cgi,
        Self::Builtin,
        Self::Apache,
        Self::ApachePlain,
        Self::ApacheTls,
        Self::Fcgid,
        Self::ProxyFcgi,
        Self::Caddy,
        Self::Lighttpd,
        Self::HaProxyByFastCgi,
        Self::HaProxyByHttp,
        Self::FrankenPhp,
        Self::FrankenPhpWorker,
        Self::FpmGzip,
        Self::NginxGzip,
        Self::ApacheDeflate,
        Self::ApacheBrotli,
        Self::ProxyFcgiDeflate,
        Self::CaddyEncode,
        Self::Varnish,
        Self::VarnishPipe,
    ];

    /// Starts it on a document root, with so many workers.
    #[track_caller]
    pub(crate) fn start(self, root: &Path, php: Php, workers: usize) -> Server {
        let fpm = |php| Fpm::new(root, php).children(workers);
        let apache = |php| Apache::new(root, php).children(workers);
        let frankenphp = |php| FrankenPhp::new(root, php).threads(workers);
        match self {
            Self::Fpm => fpm(php).start(),
            Self::FpmOverTcp => fpm(php).over_tcp().start(),
            Self::FpmKeepalive => fpm(php).keepalive().start(),
            Self::Cgi => Cgi::new(root, php).children(workers).start(),
            Self::Builtin => Builtin::new(root, php).workers(workers).start(),
            Self::Apache => apache(php).start(),
            Self::ApachePlain => unchunked(apache(php)).start(),
            Self::ApacheTls => apache(php).tls().start(),
            Self::Fcgid => Fcgid::new(root, php, "FcgidOutputBufferSize 0").start(),
            Self::ProxyFcgi => fpm(php).start_behind(&ProxyFcgi { flushes: true }),
            Self::Caddy => fpm(php).start_behind(&Caddy),
            Self::Lighttpd => fpm(php).start_behind(&Lighttpd { streams: true }),
            Self::HaProxyByFastCgi => fpm(php).start_behind(&HAPROXY),
            Self::HaProxyByHttp => fpm(php).start().behind(&HAPROXY),
            Self::FrankenPhp => frankenphp(php).start(),
            Self::FrankenPhpWorker => frankenphp(php).worker_mode().start(),
            Self::FpmGzip => fpm(php).nginx_line(GZIP).start(),
            Self::NginxGzip => {
                // The first one obeys this header, and keeps it to itself.
                let fpm = fpm(php).nginx_line("fastcgi_pass_header X-Accel-Buffering;");
                fpm.start().behind(&NginxProxy { lines: GZIP_AND_HTTP_1_1 })
            }
            Self::ApacheDeflate => apache(php).deflate().start(),
            Self::ApacheBrotli => apache(php).brotli().start(),
            Self::ProxyFcgiDeflate => {
                fpm(php).start_behind(&ProxyFcgiWithDeflate(ProxyFcgi { flushes: true }))
            }
            Self::CaddyEncode => fpm(php).start_behind(&CaddyWith("encode zstd gzip")),
            Self::Varnish => fpm(php).start().behind(&Varnish { vcl: "" }),
            Self::VarnishPipe => fpm(php).start().behind(&Varnish { vcl: PIPE }),
        }
    }

    /// The coding of a stream whose client asks for this one. Varnish asks for gzip whoever asks it, and would hold
    /// events back while it decodes for those who take none: where gzip alone is asked for, there is no coding.
    pub(crate) fn gives(self, asked: Option<Coding>) -> Option<Coding> {
        match self {
            Self::Varnish => None,
            Self::VarnishPipe => asked.filter(|coding| *coding != Coding::Gzip),
            _ => asked,
        }
    }

    pub(crate) fn is_frankenphp(self) -> bool {
        matches!(self, Self::FrankenPhp | Self::FrankenPhpWorker)
    }

    /// True if its workers can let the hub have their connections.
    pub(crate) fn lets_go(self) -> bool {
        self != Self::ApacheTls && !self.is_frankenphp()
    }

    /// How many streams it can serve at once, of so many.
    pub(crate) fn at_once(self, most: usize) -> usize {
        let has_one_thread = self.is_frankenphp() && !binary::php_is_thread_safe();
        if has_one_thread { 1 } else { most }
    }
}

/// With bodies that have no framing of their own, and end with the connection.
fn unchunked(apache: Apache) -> Apache {
    let module = binary::apache_modules().join("mod_env.so");
    apache
        .line(&format!("LoadModule env_module {}", module.display()))
        .line("SetEnv force-response-1.0 1")
}

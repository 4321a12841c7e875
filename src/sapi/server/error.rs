//! What keeps a server from carrying a stream in its best way, known before there is a stream.

/// What it is, and what to do about it, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Obstacle {
    pub(crate) what: &'static str,
    pub(crate) remedy: &'static str,
}

/// php-cgi runs, but nobody speaks FastCGI to it.
pub(crate) const NO_FASTCGI: Obstacle = Obstacle {
    what: "this is no FastCGI request",
    remedy: "plain CGI: behind PHP-FPM or php-cgi -b heartbeats come while PHP is blocked, too",
};

/// The MPM is another one than prefork.
pub(crate) const THREADS: Obstacle = Obstacle {
    what: "httpd runs threads",
    remedy: "Apache: with the prefork MPM, or with PHP-FPM behind mod_proxy_fcgi, heartbeats come while \
             PHP is blocked, too",
};

/// `mod_http2` has taken the request.
pub(crate) const OVER_HTTP_2: Obstacle = Obstacle {
    what: "the request came by HTTP/2",
    remedy: "Apache: with Protocols http/1.1, or with PHP-FPM behind mod_proxy_fcgi, heartbeats come \
             while PHP is blocked, too",
};

/// The script answers a part of a request.
pub(crate) const SUBREQUEST: Obstacle = Obstacle {
    what: "the script runs within another request: by virtual(), or as a server-side include",
    remedy: "Apache: in a request of its own, heartbeats come while PHP is blocked, too",
};

/// An httpd of another kind.
pub(crate) const UNKNOWN_HTTPD: Obstacle = Obstacle {
    what: "httpd's functions were not found",
    remedy: "Apache: with PHP-FPM behind mod_proxy_fcgi heartbeats come while PHP is blocked, too",
};

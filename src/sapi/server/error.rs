//! The reasons why a response has no wire, or cannot move to the hub, in the words that users read.

use std::fmt;

/// The reason why a response has no wire: the script's own thread does everything then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoWire {
    /// On the command line, a thread is worth its while for heartbeats only.
    NoHeartbeats,
    /// The answer to a HEAD request has no body.
    NoBody,
    NoDescriptors,
    NoThreads,
    UnknownServer,
    /// php-cgi runs, but nobody speaks FastCGI to it.
    NoFastCgi,
    NoFastCgiId,
    NoFastCgiSocket,
    /// A field of the FastCGI request has a value that it cannot have: its layout is another one.
    UnknownFastCgi,
    NoBuiltInRequest,
    /// The port of the other end is not that of the request.
    OtherClient,
    NoBrowserSocket,
    NoHttpdRequest,
    /// The MPM is another one than prefork.
    Threads,
    /// `mod_http2` has taken the request.
    Http2,
    /// The script answers a part of a request.
    Subrequest,
    /// An httpd of another kind.
    UnknownHttpd,
    /// A FrankenPHP of another version, or a thread that answers no request of its own.
    UnknownFrankenPhp,
    ResponseEnded,
    NoRequest,
    OutputCaptured,
    OutputNoPipe,
    OutputClosed,
}

impl NoWire {
    /// The setting that would help, as advice to the administrator; `None` where no setting does.
    pub(crate) fn remedy(self) -> Option<&'static str> {
        Some(match self {
            Self::NoFastCgi => {
                "plain CGI: behind PHP-FPM or php-cgi -b heartbeats come while PHP is blocked, too"
            }
            Self::Threads => {
                "Apache: with the prefork MPM, or with PHP-FPM behind mod_proxy_fcgi, heartbeats come \
                 while PHP is blocked, too"
            }
            Self::Http2 => {
                "Apache: with Protocols http/1.1, or with PHP-FPM behind mod_proxy_fcgi, heartbeats come \
                 while PHP is blocked, too"
            }
            Self::Subrequest => {
                "Apache: in a request of its own, heartbeats come while PHP is blocked, too"
            }
            Self::UnknownFrankenPhp => {
                "FrankenPHP: since version 1.12.4 heartbeats come while PHP is blocked, too"
            }
            Self::UnknownHttpd => {
                "Apache: with PHP-FPM behind mod_proxy_fcgi heartbeats come while PHP is blocked, too"
            }
            _ => return None,
        })
    }
}

impl fmt::Display for NoWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHeartbeats => "no heartbeats were asked for",
            Self::NoBody => "the request wants no body",
            Self::NoDescriptors => "there are no descriptors left",
            Self::NoThreads => "there are no threads left",
            Self::UnknownServer => "nothing is known about this server",
            Self::NoFastCgi => "this is no FastCGI request",
            Self::NoFastCgiId => "the FastCGI request has no id",
            Self::NoFastCgiSocket => "the FastCGI connection is no stream socket",
            Self::UnknownFastCgi => "the FastCGI request does not look as it should",
            Self::NoBuiltInRequest => "there is no request of the built-in server",
            Self::OtherClient => "the connection is not that of the request",
            Self::NoBrowserSocket => "the browser's connection is no stream socket",
            Self::NoHttpdRequest => "there is no request of httpd's",
            Self::Threads => "httpd runs threads",
            Self::Http2 => "the request came by HTTP/2",
            Self::Subrequest => {
                "the script runs within another request: by virtual(), or as a server-side include"
            }
            Self::UnknownHttpd => "httpd's functions were not found",
            Self::UnknownFrankenPhp => "this FrankenPHP is not one that is known",
            Self::ResponseEnded => "the response has ended",
            Self::NoRequest => "there is no request",
            Self::OutputCaptured => "the output is captured",
            Self::OutputNoPipe => "standard output is no pipe",
            Self::OutputClosed => "standard output is closed",
        })
    }
}

/// The reason why a connection cannot be given away: the worker goes on with the stream then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoHandOff {
    NoWire(NoWire),
    /// This PHP is thread safe: other threads use the same descriptors.
    PhpThreads,
    NoConnection,
    StreamIsOver,
    StreamIsToStop,
    NoDevNull,
    /// The server's own descriptor of the connection could not be replaced: it would be a second owner.
    NotReplaced,
    OtherRequest,
    OtherFastCgiRequest,
    OtherListener,
    UnknownFilters,
    /// A filter of httpd's stands between the response and its connection.
    Filtered,
    ClientGone,
    OwnOutput,
    KeptByServer,
}

impl From<NoWire> for NoHandOff {
    fn from(why: NoWire) -> Self {
        Self::NoWire(why)
    }
}

impl fmt::Display for NoHandOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoWire(why) => return why.fmt(f),
            Self::PhpThreads => "PHP runs threads",
            Self::NoConnection => "the command line has no connection",
            Self::StreamIsOver => "the stream is over",
            Self::StreamIsToStop => "the stream is to stop",
            Self::NoDevNull => "/dev/null cannot be opened",
            Self::NotReplaced => "the server cannot be kept from the connection",
            Self::OtherRequest => "the request is another one now",
            Self::OtherFastCgiRequest => "the FastCGI request is another one now",
            Self::OtherListener => "the connection was not accepted from the worker's socket",
            Self::UnknownFilters => "httpd's filters are not known",
            Self::Filtered => "httpd encrypts or changes the response on its way",
            Self::ClientGone => "the browser has left",
            Self::OwnOutput => "the output is the process' own",
            Self::KeptByServer => "FrankenPHP keeps its connections",
        })
    }
}

//! Chooses the transport of a request, by the name of its server.

use super::error::NoWire;
use super::httpd;
use super::kind::Server;
use super::transport::Transport;
use super::{apache, cli_server, fastcgi, frankenphp, stdio};

/// Returns the reason why this request will have no wire, as far as it shows before the stream.
pub(crate) fn obstacle(server: Server) -> Option<NoWire> {
    match server {
        Server::Cgi => fastcgi::obstacle(),
        Server::Apache => apache::obstacle(),
        Server::FrankenPhp => frankenphp::obstacle(),
        Server::Fpm | Server::BuiltIn | Server::CommandLine | Server::Other => None,
    }
}

/// True if the response is a part of another one, of which it has no head.
pub(crate) fn is_part_of_another(server: Server) -> bool {
    server == Server::Apache && httpd::is_within_another()
}

/// Returns the transport of this request. The response must have been flushed.
///
/// # Errors
///
/// [`NoWire`]: then the script's own thread does everything.
pub(crate) fn transport(server: Server) -> Result<Box<dyn Transport>, NoWire> {
    match server {
        Server::Fpm | Server::Cgi => fastcgi::transport(),
        Server::BuiltIn => cli_server::transport(),
        Server::Apache => apache::transport(),
        Server::FrankenPhp => frankenphp::transport(),
        Server::CommandLine => stdio::transport(),
        Server::Other => Err(NoWire::UnknownServer),
    }
}

//! Where no stream can be opened, whatever the script does.

use std::env;

use super::activation;
use super::server::frankenphp;
use super::server::kind::Server;
use crate::zend::native::Native;

const BETWEEN_REQUESTS: &str = "no request is being answered here; call it in the function that \
                                frankenphp_handle_request() is given";
const ROADRUNNER: &str = "RoadRunner reads this program's output; answer with the headers of Sse::headers(), and a \
                          body made of what Sse::encode() returns";
const SWOOLE: &str = "Swoole answers its requests by objects of its own; give its response the headers of \
                      Sse::headers(), and write what Sse::encode() returns";

/// The number of the running coroutine of Swoole's, in which it has its requests answered; -1 outside of one.
static COROUTINE: Native = Native::method("swoole\\coroutine", "getcid");

/// Why there can be no stream on this server now, as words.
pub(crate) fn reason(server: Server) -> Option<&'static str> {
    match server {
        Server::FrankenPhp if !activation::is_within_request() || !frankenphp::is_answering() => {
            Some(BETWEEN_REQUESTS)
        }
        Server::CommandLine if env::var_os("RR_MODE").is_some() => Some(ROADRUNNER),
        Server::CommandLine if is_within_coroutine() => Some(SWOOLE),
        _ => None,
    }
}

fn is_within_coroutine() -> bool {
    let number = COROUTINE.call([]).ok().flatten().and_then(|number| number.long());
    number.is_some_and(|number| number > 0)
}

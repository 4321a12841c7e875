//! Negotiates the content coding of a stream with its client, and keeps PHP from compressing it once more.

use content_coding::Coding;

use super::response::{coding, headers, output, request};
use super::server::choice;
use super::server::kind::Server;
use super::{activation, settings};
use crate::stream::{Bailout, Compression, Demand, Header, NoCoding, coding_headers};
use crate::zend::ini;

/// Chooses the coding of a stream whose head is open, and returns the headers that say so. What the script has not
/// `asked` for is as `Sse::headers()` was told, or else as the settings say.
pub(super) fn choose(server: Server, asked: Option<&Compression>) -> Vec<Header> {
    let (is_negotiated, chosen) = match (asked, coding::promised()) {
        (None, Some(promised)) if headers::is_coded_as(promised) => (true, Ok(promised)),
        _ => negotiate(server, asked),
    };
    coding::note_choice(chosen);
    coding_headers(is_negotiated, chosen.ok())
}

/// Returns the headers of the coding for a head that the script is to send, and promises to encode behind it.
pub(crate) fn promise(server: Server, asked: Option<&Compression>) -> Vec<Header> {
    let is_brotli = |name: &str| compresses_to(name, Coding::Brotli);
    let (is_negotiated, chosen) = match negotiate(server, asked) {
        (_, Ok(_)) if headers::sent() => (false, Err(NoCoding::HeadIsOut)),
        // Nothing would tell its output from ours.
        (_, Ok(Coding::Brotli)) if output::compressor().is_some_and(is_brotli) => {
            (true, Err(NoCoding::CompressedByPhp))
        }
        negotiated => negotiated,
    };
    coding::promise(chosen.ok());
    coding::note_choice(chosen);
    if chosen.is_ok() {
        switch_compression_off();
    }
    coding_headers(is_negotiated, chosen.ok())
}

/// Tells what a stream of this request would get, without promising it.
pub(super) fn forecast(server: Server) -> Result<Coding, NoCoding> {
    negotiate(server, None).1
}

fn negotiate(server: Server, asked: Option<&Compression>) -> (bool, Result<Coding, NoCoding>) {
    let compression = asked.cloned().unwrap_or_else(settings::compression);
    if !server.has_response() {
        return (
            false,
            Err(if compression.is_off() { NoCoding::Off } else { NoCoding::NoResponse }),
        );
    }
    if !compression.is_off() && choice::is_part_of_another(server) {
        return (false, Err(NoCoding::PartOfAnother));
    }
    let text = request::server_text;
    let (method, protocol) = (request::method(), text("SERVER_PROTOCOL"));
    let accept_encoding = text("HTTP_ACCEPT_ENCODING");
    let demand = Demand {
        method: &method,
        protocol: protocol.as_deref(),
        accept_encoding: accept_encoding.as_deref(),
    };
    let chosen = compression.choose(&demand);
    let chosen =
        chosen.and_then(|coding| if is_forced() { Err(NoCoding::Forced) } else { Ok(coding) });
    (!compression.is_off(), chosen)
}

/// True if Varnish has written the request's `Accept-Encoding`. It asks for gzip whatever its client takes, and
/// decodes it for those who take none, whose events it then holds back. In a pipe it leaves the field as it is.
fn is_forced() -> bool {
    let is_gzip_alone = request::server_text("HTTP_ACCEPT_ENCODING").as_deref() == Some("gzip");
    is_gzip_alone
        && ["HTTP_X_VARNISH", "HTTP_X_VINYL"]
            .iter()
            .any(|name| request::server_text(name).is_some())
}

/// Looks at the head of a response for which `Sse::headers()` has promised a coding, right before it goes out. The
/// body is encoded if the head says so; where it cannot be, the head must not say so.
///
/// # Errors
///
/// As [`headers::remove`].
pub(super) fn keep_promise(is_stream: bool) -> Result<(), Bailout> {
    let Some(promised) = coding::promised().filter(|coding| headers::is_coded_as(*coding)) else {
        return Ok(());
    };
    if output::compressor().is_some_and(|name| compresses_to(name, promised)) {
        // It has set the header anew.
        return Ok(());
    }
    let has_room = headers::get("Content-Length").is_none() && request::method() != "HEAD";
    if is_stream && has_room && activation::is_within_request() {
        coding::note_due(promised);
        return Ok(());
    }
    headers::remove(&["Content-Encoding"])
}

/// True if an output handler of PHP's makes this coding.
fn compresses_to(handler: &str, coding: Coding) -> bool {
    (coding == Coding::Brotli) == handler.starts_with("brotli") && coding != Coding::Zstd
}

/// Switches PHP's own compression off, which would hold frames back.
pub(super) fn switch_compression_off() {
    let compresses = ini::text(c"zlib.output_compression");
    if !compresses.is_empty() && compresses != "0" && !compresses.eq_ignore_ascii_case("off") {
        ini::set("zlib.output_compression", "0");
    }
}

//! Tells in words what stands between a script and the browser: for `doctor()` and phpinfo.

use super::proxies::{self, InFront};
use super::response::{coding, output, request};
use super::server::error::{NoHandOff, NoWire};
use super::server::kind::Server;
use super::server::{apache_variables, choice};
use super::settings;
use super::{attached, configuration, negotiation};
use crate::zend::ini;

/// The report on what stands between a script and the browser.
pub(crate) struct Diagnosis {
    /// The way that frames take.
    pub(crate) path: String,
    /// The thread that sends heartbeats, and when it can.
    pub(crate) heartbeats: String,
    /// The content coding of the stream, or why it has none.
    pub(crate) compression: String,
    /// The layers that hold output back, or would.
    pub(crate) buffers: Vec<String>,
    /// The settings to change.
    pub(crate) advice: Vec<String>,
    /// The lines of configuration by the name of the server, those that fit this request first.
    pub(crate) configuration: Vec<(String, String)>,
}

/// Examines this request. `way` is the way that frames of its stream take, and why it is not a better
/// one; before there is a stream, it is what the server promises.
pub(crate) fn examine(server: Server, way: Option<(&str, Option<NoWire>)>) -> Diagnosis {
    let expected = Expected::of(server);
    let (path, heartbeats) = match way {
        Some((path, why_not)) => (path, heartbeats(server, why_not)),
        None => (expected.path, expected.heartbeats),
    };
    let software = request::server_text("SERVER_SOFTWARE").unwrap_or_default();
    let in_front = in_front(&software);
    let mut advice = match expected.remedy {
        Some(remedy) => vec![remedy.into()],
        None => proxies::advice(server, &in_front),
    };
    advice.extend(cross_site());
    match server {
        Server::Apache => {
            // Also one of other code's: while the keeper may be in httpd, nothing is tried there.
            let is_open = way.is_some() || attached::exists();
            advice.push(compression(is_open).into());
        }
        Server::Fpm => advice.push(TERMINATE.into()),
        Server::FrankenPhp => advice.push(A_THREAD_EACH.into()),
        _ => {}
    }
    if server.has_response() {
        advice.extend(time_limit());
    }
    Diagnosis {
        path: path.into(),
        heartbeats,
        compression: compression_in_words(server),
        buffers: buffers(),
        advice,
        configuration: configuration::of(server, &in_front),
    }
}

const TERMINATE: &str = "PHP-FPM: request_terminate_timeout, which cannot be asked for, ends streams, too: \
                         keep it 0, and use sse.max_lifetime";

const A_THREAD_EACH: &str = "FrankenPHP: a stream holds a thread as long as it is open, those of subscribe() as well: \
                             num_threads, or num of the worker, has to be that of the streams and of the requests \
                             beside them";

/// Returns the servers that this request shows to be in front.
fn in_front(software: &str) -> InFront<'_> {
    let is_there = |name: &str| request::server_variable(name).is_some();
    let headers = proxies::HEADERS.into_iter().filter(|(name, _)| is_there(name));
    InFront {
        software,
        headers: headers.map(|(_, header)| header).collect(),
        heartbeat: settings::heartbeat(),
    }
}

/// Tells of cookies that a page of another site does not send.
fn cross_site() -> Option<String> {
    let is_cross_site =
        request::server_text("HTTP_SEC_FETCH_SITE").as_deref() == Some("cross-site");
    (is_cross_site && request::server_variable("HTTP_COOKIE").is_none()).then(|| CROSS_SITE.into())
}

const CROSS_SITE: &str = "the page that opened the stream is of another site, and sent no cookie: a session needs \
                          session.cookie_samesite = None, session.cookie_secure = 1, HTTPS, withCredentials: true \
                          in the page, and its origin in sse.allow_origin";

/// The way, heartbeats and hand-off that a stream of this request can expect, if all is as it should be.
pub(crate) struct Expected {
    /// The way that frames take.
    pub(crate) path: &'static str,
    /// The thread that sends heartbeats, and when it can.
    pub(crate) heartbeats: String,
    /// Ok if its connection can be given away to the hub.
    pub(crate) hand_off: Result<(), NoHandOff>,
    remedy: Option<&'static str>,
}

impl Expected {
    /// Returns those on this server.
    pub(crate) fn of(server: Server) -> Self {
        // Of httpd its variables are asked, which the keeper may be using.
        Self::with(server, attached::paused(|| choice::obstacle(server)))
    }

    fn with(server: Server, obstacle: Option<NoWire>) -> Self {
        Self {
            path: path(obstacle.map_or(server, |_| Server::Other)),
            heartbeats: heartbeats(server, obstacle),
            hand_off: obstacle.map_or_else(|| hand_off(server), |why| Err(why.into())),
            remedy: obstacle.and_then(NoWire::remedy),
        }
    }
}

fn path(server: Server) -> &'static str {
    match server {
        Server::Fpm | Server::Cgi => "straight to the web server, as FastCGI records",
        Server::BuiltIn => "straight to the browser, as raw bytes",
        Server::Apache => "through httpd",
        Server::FrankenPhp => "through FrankenPHP",
        Server::Other => "to the server, past PHP's output buffers",
        Server::CommandLine => "through PHP's output, so that ob_start() can capture it",
    }
}

fn hand_off(server: Server) -> Result<(), NoHandOff> {
    match server {
        _ if cfg!(php_zts) => Err(NoHandOff::PhpThreads),
        Server::Fpm | Server::Cgi | Server::BuiltIn | Server::Apache => Ok(()),
        Server::FrankenPhp => Err(NoHandOff::KeptByServer),
        Server::CommandLine => Err(NoHandOff::NoConnection),
        Server::Other => Err(NoWire::UnknownServer.into()),
    }
}

fn heartbeats(server: Server, why_not: Option<NoWire>) -> String {
    const OWN_TIME: &str = "from wait(), on the script's own time";
    match (server, why_not) {
        (_, Some(why_not)) => format!("{OWN_TIME}: {why_not}"),
        (Server::CommandLine, None) => {
            format!("{OWN_TIME}, if start() asks for them; from a thread if the output is a pipe")
        }
        (Server::Other, None) => format!("{OWN_TIME}: {}", NoWire::UnknownServer),
        (_, None) => "from a thread, also while PHP is blocked".into(),
    }
}

/// Tells the coding of the stream, or why there is none; before there is one, what it would be.
fn compression_in_words(server: Server) -> String {
    let chosen = coding::choice();
    match (chosen, chosen.unwrap_or_else(|| negotiation::forecast(server))) {
        (Some(_), Ok(coding)) => format!("{}: each write is compressed and sent", coding.token()),
        (None, Ok(coding)) => format!("expected: {}", coding.token()),
        (_, Err(why)) => format!("none: {why}"),
    }
}

fn buffers() -> Vec<String> {
    let mut found = Vec::new();
    let level = output::level();
    if level > 0 {
        found.push(format!(
            "{level} output buffer(s) open; start() closes those that may be closed"
        ));
    }
    found.extend(output::stuck_buffers());
    if let Some(name) = output::compressor() {
        found.push(format!("{name}; start() switches it off"));
    }
    for (setting, name) in [
        (c"output_buffering", "output_buffering"),
        (c"zlib.output_compression", "zlib.output_compression"),
        (c"brotli.output_compression", "brotli.output_compression"),
    ] {
        let value = ini::text(setting);
        if !value.is_empty() && value != "0" {
            found.push(format!("php.ini: {name} = {value}; start() takes it out of the way"));
        }
    }
    found
}

/// Tells whether httpd's compression is off for the stream; before there is one, whether it can be.
fn compression(is_open: bool) -> &'static str {
    let is_off = if is_open {
        attached::paused(apache_variables::compression_is_off)
    } else {
        apache_variables::compression_can_be_switched_off()
    };
    if is_off {
        "Apache: nothing, mod_deflate and mod_brotli are switched off for the stream"
    } else {
        "Apache: mod_deflate and mod_brotli are not switched off; set no-gzip and no-brotli for the \
         stream (SetEnvIf), or they may hold it back"
    }
}

/// Tells of a time limit that `start()` cannot lift. It is tried, as nothing tells who has set the limit, and undone;
/// a limit begins anew by it.
fn time_limit() -> Option<String> {
    let limit = ini::text(c"max_execution_time");
    let is_lifted = || ini::integer(c"max_execution_time") == 0;
    if is_lifted() {
        return None;
    }
    ini::set("max_execution_time", "0");
    if is_lifted() {
        ini::set("max_execution_time", &limit);
        return None;
    }
    Some(format!(
        "max_execution_time = {limit} is fixed by the server's configuration (php_admin_value), and ends \
         streams that work for so many seconds; set it to 0 where streams are served"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBSTACLES: [(Server, NoWire); 6] = [
        (Server::Cgi, NoWire::NoFastCgi),
        (Server::Apache, NoWire::Threads),
        (Server::Apache, NoWire::Http2),
        (Server::Apache, NoWire::Subrequest),
        (Server::Apache, NoWire::UnknownHttpd),
        (Server::FrankenPhp, NoWire::UnknownFrankenPhp),
    ];

    #[test]
    fn an_obstacle_is_told_before_the_stream_with_its_remedy() {
        for (server, obstacle) in OBSTACLES {
            let expected = Expected::with(server, Some(obstacle));
            assert_eq!(expected.path, "to the server, past PHP's output buffers");
            let heartbeats = format!("from wait(), on the script's own time: {obstacle}");
            assert_eq!(expected.heartbeats, heartbeats);
            assert_eq!(expected.hand_off, Err(NoHandOff::NoWire(obstacle)));
            assert!(expected.remedy.is_some(), "{obstacle}");
            assert_eq!(expected.remedy, obstacle.remedy());
        }
    }

    #[test]
    fn a_server_without_one_promises_its_best() {
        for server in
            [Server::Fpm, Server::Cgi, Server::BuiltIn, Server::Apache, Server::FrankenPhp]
        {
            let expected = Expected::with(server, None);
            assert_eq!(expected.path, path(server));
            assert_eq!(expected.heartbeats, "from a thread, also while PHP is blocked");
            assert_eq!(expected.remedy, None);
        }
    }
}

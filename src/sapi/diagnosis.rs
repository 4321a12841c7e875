//! What stands between a script and the browser, in words.

use super::{Server, ini, output};

/// What stands between a script and the browser.
pub(crate) struct Diagnosis {
    /// Which way frames take.
    pub(crate) path: String,
    /// Who sends heartbeats, and when.
    pub(crate) heartbeats: String,
    /// The layers that hold output back, or would.
    pub(crate) buffers: Vec<String>,
    /// What to change.
    pub(crate) advice: Vec<String>,
}

/// Examines this request. `way` is the way that frames of its stream take, and why it is not a better
/// one.
pub(crate) fn examine(server: Server, way: Option<(&str, &str)>) -> Diagnosis {
    let (path, why_not) = way.unwrap_or((expected_path(server), ""));
    Diagnosis {
        path: path.into(),
        heartbeats: heartbeats(server, why_not),
        buffers: buffers(),
        advice: advice(server),
    }
}

/// The way that frames take on this server, if all is as it should be.
pub(crate) fn expected_path(server: Server) -> &'static str {
    match server {
        Server::Fpm | Server::Cgi => "straight to the web server, as FastCGI records",
        Server::BuiltIn => "straight to the browser, as raw bytes",
        Server::Apache => "through httpd",
        Server::Other => "to the server, past PHP's output buffers",
        Server::CommandLine => "through PHP's output, so that ob_start() can capture it",
    }
}

/// Whether a connection of this server's can be given away to the hub, if all is as it should be.
///
/// # Errors
///
/// Why not, in words.
pub(crate) fn expected_hand_off(server: Server) -> Result<(), &'static str> {
    match server {
        _ if cfg!(php_zts) => Err("PHP runs threads"),
        Server::Fpm | Server::Cgi | Server::BuiltIn | Server::Apache => Ok(()),
        Server::CommandLine => Err("the command line has no connection"),
        Server::Other => Err("nothing is known about this server"),
    }
}

/// Who sends heartbeats.
pub(crate) fn heartbeats(server: Server, why_not: &str) -> String {
    const OWN_TIME: &str = "from wait(), on the script's own time";
    match (server, why_not) {
        (Server::CommandLine, "") => {
            format!("{OWN_TIME}, if start() asks for them; from a thread if the output is a pipe")
        }
        (Server::Other, "") => format!("{OWN_TIME}: nothing is known about this server"),
        (_, "") => "from a thread, also while PHP is blocked".into(),
        (_, why_not) => format!("{OWN_TIME}: {why_not}"),
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
    ] {
        let value = ini::text(setting);
        if !value.is_empty() && value != "0" {
            found.push(format!("php.ini: {name} = {value}; start() takes it out of the way"));
        }
    }
    found
}

fn advice(server: Server) -> Vec<String> {
    match server {
        Server::Fpm | Server::Cgi => vec![
            "nginx: nothing, X-Accel-Buffering: no is sent; do not list it in fastcgi_ignore_headers"
                .into(),
            "nginx: keep fastcgi_read_timeout (60s) above sse.heartbeat".into(),
            "Apache with mod_proxy_fcgi: ProxyPass ... flushpackets=on, or nothing arrives before \
             the end"
                .into(),
        ],
        Server::BuiltIn => vec![
            "php -S serves one request at a time: set PHP_CLI_SERVER_WORKERS to serve more".into(),
        ],
        Server::Apache => {
            vec!["Apache: nothing, mod_deflate is switched off for the stream".into()]
        }
        Server::CommandLine | Server::Other => Vec::new(),
    }
}

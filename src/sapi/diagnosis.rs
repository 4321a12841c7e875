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

/// Examines this request.
pub(crate) fn examine(server: Server) -> Diagnosis {
    Diagnosis {
        path: path(server).into(),
        heartbeats: "from wait(), on the script's own time".into(),
        buffers: buffers(),
        advice: advice(server),
    }
}

fn path(server: Server) -> &'static str {
    if server.has_response() {
        "to the server, past PHP's output buffers"
    } else {
        "through PHP's output buffers, so that ob_start() can capture it"
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

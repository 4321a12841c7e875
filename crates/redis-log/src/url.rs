//! Parses the URL of Redis.
//!
//! The invariant: an error never contains a part of the URL that may be the password.

use std::path::PathBuf;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

use crate::limits::PAGE;
use crate::socket::Address;
use crate::tls::Files;
use crate::url_error::UrlError;

/// The default key of the stream.
const STREAM: &str = "sse";

/// The default of the approximate number of entries that the stream keeps.
const MAX_LENGTH: usize = 100_000;

const SENTINEL_PORT: u16 = 26379;

/// The user and the password for a server.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
}

/// A parsed URL.
pub(crate) struct Url {
    /// The addresses of Redis, or of its sentinels.
    pub(crate) addresses: Vec<Address>,
    /// The name of the master, to sentinels.
    pub(crate) master: Option<String>,
    pub(crate) with_tls: bool,
    pub(crate) identity: Identity,
    pub(crate) database: i64,
    pub(crate) parameters: Parameters,
}

/// The parameters after the `?`.
pub(crate) struct Parameters {
    pub(crate) stream: String,
    pub(crate) max_length: usize,
    pub(crate) files: Files,
    /// The identity for sentinels, if it is given.
    pub(crate) sentinel_identity: Identity,
}

/// The kinds of URL.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UrlKind {
    Server,
    Sentinels,
    Unix,
}

pub(crate) fn parse(text: &str) -> Result<Url, UrlError> {
    if text.contains('#') {
        return Err(UrlError::Fragment);
    }
    let (scheme, rest) = text.split_once("://").ok_or(UrlError::NoScheme)?;
    let (kind, with_tls) = match scheme {
        "redis" | "valkey" => (UrlKind::Server, false),
        "rediss" | "valkeys" => (UrlKind::Server, true),
        "redis+sentinel" | "valkey+sentinel" => (UrlKind::Sentinels, false),
        "rediss+sentinel" | "valkeys+sentinel" => (UrlKind::Sentinels, true),
        "unix" | "redis+unix" | "valkey+unix" => (UrlKind::Unix, false),
        _ => return Err(UrlError::UnknownScheme),
    };
    match kind {
        UrlKind::Unix => parse_unix(rest),
        UrlKind::Server | UrlKind::Sentinels => parse_network(rest, kind, with_tls),
    }
}

fn parse_unix(rest: &str) -> Result<Url, UrlError> {
    let (info, parameters) = parse_one(&format!("unix://{rest}"), UrlKind::Unix)?;
    let ConnectionAddr::Unix(path) = info.addr() else {
        return Err(UrlError::NoSocket);
    };
    Ok(url(vec![Address::Unix(PathBuf::from(path))], None, false, &info, parameters))
}

/// Parses each host as a URL of its own, since the redis crate knows only one host in a URL.
fn parse_network(rest: &str, kind: UrlKind, with_tls: bool) -> Result<Url, UrlError> {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (path, query) = tail.split_at(tail.find('?').unwrap_or(tail.len()));
    let (master, database) = parse_path(path.trim_start_matches('/'), kind)?;
    let (identity, hosts) = match authority.rsplit_once('@') {
        Some((identity, hosts)) => (format!("{identity}@"), hosts),
        None => (String::new(), authority),
    };
    let hosts: Vec<&str> = match kind {
        UrlKind::Sentinels => hosts.split(',').collect(),
        _ => vec![hosts],
    };
    let mut addresses = Vec::new();
    let mut last = None;
    for host in hosts {
        check_host(host)?;
        let (info, parameters) =
            parse_one(&format!("redis://{identity}{host}/{database}{query}"), kind)?;
        if let ConnectionAddr::Tcp(name, port) = info.addr() {
            let port =
                if kind == UrlKind::Sentinels && !has_port(host) { SENTINEL_PORT } else { *port };
            addresses.push(Address::Tcp(name.clone(), port));
        }
        last = Some((info, parameters));
    }
    let (info, parameters) = last.ok_or(UrlError::NoHost)?;
    Ok(url(addresses, master, with_tls, &info, parameters))
}

/// The master's name, for sentinels, and the database: empty, or a number.
fn parse_path(path: &str, kind: UrlKind) -> Result<(Option<String>, &str), UrlError> {
    let (master, database) = match kind {
        UrlKind::Sentinels => {
            let (master, database) = path.split_once('/').unwrap_or((path, ""));
            (Some(master_name(master)?), database)
        }
        _ => (None, path),
    };
    if !database.is_empty() && database.parse::<u32>().is_err() {
        return Err(UrlError::InvalidDatabase);
    }
    Ok((master, database))
}

fn url(
    addresses: Vec<Address>,
    master: Option<String>,
    with_tls: bool,
    info: &ConnectionInfo,
    parameters: Parameters,
) -> Url {
    let redis = info.redis_settings();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let identity = Identity { user: owned(redis.username()), password: owned(redis.password()) };
    Url { addresses, master, with_tls, identity, database: redis.db(), parameters }
}

fn parse_one(text: &str, kind: UrlKind) -> Result<(ConnectionInfo, Parameters), UrlError> {
    let url = redis::parse_redis_url(text).ok_or(UrlError::Malformed)?;
    let mut parameters = Parameters::new();
    let (mut certificate, mut key) = (None, None);
    for (name, value) in url.query_pairs() {
        match &*name {
            "stream" if value.is_empty() => return Err(UrlError::EmptyStream),
            "stream" => parameters.stream = value.into_owned(),
            "maxlen" => parameters.max_length = max_length(&value)?,
            "ca" => parameters.files.ca = Some(value.into_owned()),
            "cert" => certificate = Some(value.into_owned()),
            "key" => key = Some(value.into_owned()),
            "sentinel_user" if kind == UrlKind::Sentinels => {
                parameters.sentinel_identity.user = Some(value.into_owned());
            }
            "sentinel_pass" if kind == UrlKind::Sentinels => {
                parameters.sentinel_identity.password = Some(value.into_owned());
            }
            "db" | "user" | "pass" if kind == UrlKind::Unix => {}
            _ => return Err(UrlError::UnknownParameter),
        }
    }
    parameters.files.own = match (certificate, key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => Some((certificate, key)),
        _ => return Err(UrlError::HalfCertificate),
    };
    let info = url.into_connection_info().map_err(|_| UrlError::Malformed)?;
    Ok((info, parameters))
}

impl Parameters {
    fn new() -> Self {
        let (files, sentinel_identity) = (Files::default(), Identity::default());
        Self { stream: STREAM.into(), max_length: MAX_LENGTH, files, sentinel_identity }
    }
}

/// Refuses names that Sentinel does not allow.
fn master_name(name: &str) -> Result<String, UrlError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(UrlError::NoMaster);
    }
    Ok(name.to_owned())
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && !port.contains(']'))
}

fn check_host(host: &str) -> Result<(), UrlError> {
    if host.is_empty() || host.starts_with(':') {
        return Err(UrlError::NoHost);
    }
    let port = host.rsplit_once(':').map_or("1", |(_, port)| port);
    if !port.ends_with(']') && !port.is_empty() && port.parse::<u16>().is_err() {
        return Err(UrlError::InvalidPort);
    }
    Ok(())
}

fn max_length(value: &str) -> Result<usize, UrlError> {
    let length = value.parse().ok().filter(|length| *length >= PAGE);
    length.ok_or(UrlError::InvalidMaxLength)
}

//! The URL: where Redis is, who we are to it, and which stream is ours.
//!
//! The invariant: neither an error nor anything that is displayed holds the URL, for it may hold a password.

use std::{borrow::Cow, error::Error, fmt, fs};

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, TlsCertificates,
    io::tcp::TcpSettings,
};

use crate::connection::PAGE;

/// The stream's key, unless the URL says another.
const STREAM: &str = "sse";

/// About how many entries the stream keeps, unless the URL says otherwise.
const MAX_LENGTH: usize = 100_000;

const FORM: &str = "redis://[user:password@]host[:port][/database], rediss://... with TLS, or \
                    unix:///path/of/the/socket";

/// Where Redis is, and what is kept there.
pub struct Settings {
    client: Client,
    stream: String,
    max_length: usize,
    /// All of this for a reader.
    place: String,
}

/// What is wrong with the URL, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(String);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the URL of Redis {}", self.0)
    }
}

impl Error for SettingsError {}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Settings").field(&self.place).finish()
    }
}

impl Settings {
    /// Reads a URL: `redis://[user:password@]host[:port][/database]`, `rediss://` with TLS,
    /// `unix:///path?db=1&user=...&pass=...`; each with `stream` (default `sse`), `maxlen` (default
    /// 100,000 entries) and, with TLS, `ca` (a file of certificates to trust in place of the system's).
    ///
    /// # Errors
    ///
    /// [`SettingsError`], which says how to write it.
    pub fn from_url(text: &str) -> Result<Self, SettingsError> {
        if text.contains('#') {
            return error(
                "must not have a part after #: a certificate that the system does not trust is \
                 trusted with ?ca=/path/to/ca.pem; a # in a password is written %23",
            );
        }
        let malformed = || SettingsError(format!("must be of the form {FORM}"));
        let url = redis::parse_redis_url(text).ok_or_else(malformed)?;
        let unix = url.scheme().ends_with("unix");
        let database = url.path().trim_start_matches('/');
        if !unix && !database.is_empty() && database.parse::<u32>().is_err() {
            return error("must name its database by a number, as in redis://host/1");
        }
        let parameters = Parameters::read(url.query_pairs(), unix)?;
        let info = url.into_connection_info().map_err(|_| malformed())?;
        Self::new(info, parameters)
    }

    fn new(info: ConnectionInfo, parameters: Parameters) -> Result<Self, SettingsError> {
        let Parameters { stream, max_length, ca } = parameters;
        let tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
        let database = info.redis_settings().db();
        let with = if tls { " with TLS" } else { "" };
        let place = format!("{}{with}, database {database}, stream {stream:?}", info.addr());
        // A publication is small and waited for: it must not wait for others to fill a packet.
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let client = match ca {
            None => Client::open(info),
            Some(_) if !tls => return error("must begin with rediss:// for ca to mean something"),
            Some(file) => {
                let root_cert = fs::read(&file).map_err(|why| {
                    SettingsError(format!("names certificates that cannot be read: {file}: {why}"))
                })?;
                let root_cert = Some(root_cert);
                Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert })
            }
        };
        let client =
            client.map_err(|why| SettingsError(format!("cannot be used: {}", why.category())))?;
        Ok(Self { client, stream, max_length, place })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn stream(&self) -> &str {
        &self.stream
    }

    /// About how many entries the stream keeps.
    #[must_use]
    pub fn max_length(&self) -> usize {
        self.max_length
    }
}

/// What stands behind the `?`.
struct Parameters {
    stream: String,
    max_length: usize,
    ca: Option<String>,
}

impl Parameters {
    fn read<'a>(
        pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
        unix: bool,
    ) -> Result<Self, SettingsError> {
        let mut parameters = Self { stream: STREAM.into(), max_length: MAX_LENGTH, ca: None };
        for (name, value) in pairs {
            match &*name {
                "stream" if value.is_empty() => return error("must not name an empty stream"),
                "stream" => parameters.stream = value.into_owned(),
                "maxlen" => parameters.max_length = max_length(&value)?,
                "ca" => parameters.ca = Some(value.into_owned()),
                "db" | "user" | "pass" if unix => {}
                _ => {
                    return error(
                        "must have no parameters but stream, maxlen and ca (with unix:// also db, \
                         user and pass); in a password, ? is written %3F, & %26, / %2F, @ %40",
                    );
                }
            }
        }
        Ok(parameters)
    }
}

fn max_length(value: &str) -> Result<usize, SettingsError> {
    let length = value.parse().ok().filter(|length| *length >= PAGE);
    length.ok_or_else(|| SettingsError(format!("must give maxlen a number from {PAGE} on")))
}

fn error<T>(what: &str) -> Result<T, SettingsError> {
    Err(SettingsError(what.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_who_and_what() {
        let place = |url| Settings::from_url(url).unwrap().to_string();
        assert_eq!(place("redis://localhost"), "localhost:6379, database 0, stream \"sse\"");
        assert_eq!(
            place("rediss://me:secret@redis.example:7000/3?stream=events&maxlen=5000"),
            "redis.example:7000 with TLS, database 3, stream \"events\""
        );
        assert_eq!(
            place("unix:///run/redis/redis.sock?db=2&pass=secret"),
            "/run/redis/redis.sock, database 2, stream \"sse\""
        );
        let settings = Settings::from_url("redis://:s%23cret@[::1]/?maxlen=5000").unwrap();
        let info = settings.client.get_connection_info();
        assert_eq!(info.redis_settings().password(), Some("s#cret"));
        assert_eq!(settings.max_length, 5000);
        assert!(!format!("{settings:?}").contains("cret"), "{settings:?}");
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_its_password() {
        let wrong = [
            ("", "of the form redis://"),
            ("localhost:6379", "of the form redis://"),
            ("http://:secret@localhost", "of the form redis://"),
            ("redis://:secret@", "of the form redis://"),
            ("redis://:secret@0.0.0.0", "of the form redis://"),
            ("redis://:secret@localhost:99999", "of the form redis://"),
            ("redis://:secret@localhost/events", "database by a number"),
            ("redis://:secret@localhost/-1", "database by a number"),
            ("redis://:se#cret@localhost", "%23"),
            ("rediss://:secret@localhost#insecure", "?ca=/path/to/ca.pem"),
            ("redis://:secret@localhost?pass=secret", "no parameters but stream, maxlen and ca"),
            ("redis://:secret@localhost?maxlen=0", "maxlen a number from 256 on"),
            ("redis://:secret@localhost?stream=", "empty stream"),
            ("redis://:secret@localhost?ca=/etc/hosts", "rediss://"),
            ("rediss://:secret@localhost?ca=/nowhere", "cannot be read: /nowhere"),
        ];
        for (url, what) in wrong {
            let error = Settings::from_url(url).unwrap_err().to_string();
            assert!(error.contains(what), "{url}: {error}");
            assert!(!error.contains("cret"), "{url}: {error}");
        }
    }
}

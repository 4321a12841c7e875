//! The settings in the URL of Redis: address, identity, TLS, database, stream.
//!
//! The invariant: neither an error nor a displayed text contains the URL, which may contain a password.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use hub_protocol::{MAX_EVENT, MAX_MESSAGE};
use rustls::ClientConfig;

use crate::socket::Address;
use crate::tls::{self, TlsError};
use crate::url::{self, Identity, Url};
use crate::url_error::UrlError;

/// The part of a message that is left for the names of its topics and of its event, in bytes.
const ROOM_FOR_NAMES: usize = 128 * 1024;

/// The address of Redis, our identity, and the stream.
pub struct Settings {
    url: Url,
    tls: Option<Arc<ClientConfig>>,
    max_event: usize,
    /// The text of [`Display`](fmt::Display): address, database and stream.
    description: String,
}

/// The reason for which a URL is refused, with a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Reason);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    Url(UrlError),
    Tls(TlsError),
    /// Files for TLS, with a scheme without TLS.
    FilesWithoutTls,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the URL of Redis ")?;
        match &self.0 {
            Reason::Url(error) => error.fmt(f),
            Reason::Tls(error) => error.fmt(f),
            Reason::FilesWithoutTls => {
                f.write_str("must begin with rediss:// if it has ca, cert or key")
            }
        }
    }
}

impl Error for SettingsError {}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Settings").field(&self.description).finish()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Settings {
    /// Parses a URL: `redis://[user:password@]host[:port][/database]`, `rediss://` with TLS,
    /// `redis+sentinel://[user:password@]host[:port],.../master[/database]` (and `rediss+sentinel://`), or
    /// `unix:///path?db=1&user=...&pass=...`; each with `stream` (default `sse`), `maxlen` (default 100,000 entries)
    /// and, with TLS, `ca` (a file of certificates to trust in place of the system's), `cert` and `key` (files with a
    /// certificate of our own); with sentinels, `sentinel_user` and `sentinel_pass`.
    ///
    /// # Errors
    ///
    /// [`SettingsError`], which shows how to write the URL.
    pub fn from_url(text: &str) -> Result<Self, SettingsError> {
        let url = url::parse(text).map_err(|error| SettingsError(Reason::Url(error)))?;
        let files = &url.parameters.files;
        let tls = if url.with_tls {
            Some(tls::config(files).map_err(|error| SettingsError(Reason::Tls(error)))?)
        } else if files.ca.is_some() || files.own.is_some() {
            return Err(SettingsError(Reason::FilesWithoutTls));
        } else {
            None
        };
        let description = describe(&url);
        Ok(Self { url, tls, max_event: MAX_EVENT, description })
    }

    /// Sets the largest event that is taken from Redis, in bytes of data. It is capped so that an event fits into a
    /// message to a worker, with its topics.
    #[must_use]
    pub fn with_max_event(self, max_event: usize) -> Self {
        Self { max_event: max_event.min(MAX_MESSAGE - ROOM_FOR_NAMES), ..self }
    }

    /// The addresses of Redis, or of its sentinels.
    pub(crate) fn addresses(&self) -> &[Address] {
        &self.url.addresses
    }

    /// The name of the master, to sentinels.
    pub(crate) fn master(&self) -> Option<&str> {
        self.url.master.as_deref()
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.url.identity
    }

    /// The identity for sentinels, if the URL names one.
    pub(crate) fn sentinel_identity(&self) -> &Identity {
        &self.url.parameters.sentinel_identity
    }

    pub(crate) fn database(&self) -> i64 {
        self.url.database
    }

    pub(crate) fn tls(&self) -> Option<&Arc<ClientConfig>> {
        self.tls.as_ref()
    }

    pub(crate) fn stream(&self) -> &str {
        &self.url.parameters.stream
    }

    /// The approximate number of entries that the stream keeps.
    #[must_use]
    pub fn max_length(&self) -> usize {
        self.url.parameters.max_length
    }

    pub(crate) fn max_event(&self) -> usize {
        self.max_event
    }

    /// Removes our passwords from a text that came from outside.
    pub(crate) fn redact(&self, text: String) -> String {
        let passwords =
            [&self.url.identity.password, &self.url.parameters.sentinel_identity.password];
        let passwords = passwords.into_iter().flatten().filter(|password| !password.is_empty());
        passwords.fold(text, |text, password| text.replace(password.as_str(), "***"))
    }
}

fn describe(url: &Url) -> String {
    let addresses: Vec<String> = url.addresses.iter().map(Address::to_string).collect();
    let addresses = addresses.join(", ");
    let server = url.master.as_ref().map_or_else(
        || addresses.clone(),
        |master| format!("master {master} of the sentinels {addresses}"),
    );
    let with = if url.with_tls { " with TLS" } else { "" };
    format!("{server}{with}, database {}, stream {:?}", url.database, url.parameters.stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_who_and_what() {
        let description = |url| Settings::from_url(url).unwrap().to_string();
        assert_eq!(description("redis://localhost"), "localhost:6379, database 0, stream \"sse\"");
        assert_eq!(
            description("rediss://me:secret@redis.example:7000/3?stream=events&maxlen=5000"),
            "redis.example:7000 with TLS, database 3, stream \"events\""
        );
        assert_eq!(
            description("unix:///run/redis/redis.sock?db=2&pass=secret"),
            "/run/redis/redis.sock, database 2, stream \"sse\""
        );
        assert_eq!(
            description(
                "rediss+sentinel://:secret@a,b:7000,[::1],[::1]:7001/mymaster/3?stream=events"
            ),
            "master mymaster of the sentinels a:26379, b:7000, ::1:26379, ::1:7001 with TLS, database 3, \
             stream \"events\""
        );
        let settings = Settings::from_url("redis://:s%23cret@[::1]/?maxlen=5000").unwrap();
        assert_eq!(settings.identity().password.as_deref(), Some("s#cret"));
        assert_eq!(settings.max_length(), 5000);
        assert!(!format!("{settings:?}").contains("cret"), "{settings:?}");
        assert_eq!(settings.redact("no s#cret here".into()), "no *** here");
    }

    #[test]
    fn sentinels_may_know_us_by_another_name() {
        let url = "redis+sentinel://me:one@a/m?sentinel_user=us&sentinel_pass=tw%26o";
        let settings = Settings::from_url(url).unwrap();
        let identity = |user: &str, password: &str| Identity {
            user: Some(user.into()),
            password: Some(password.into()),
        };
        assert!(*settings.identity() == identity("me", "one"));
        assert!(*settings.sentinel_identity() == identity("us", "tw&o"));
        assert_eq!((settings.master(), settings.database()), (Some("m"), 0));
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_its_password() {
        let wrong = [
            ("", "of the form redis://"),
            ("localhost:6379", "names no scheme"),
            ("http://:secret@localhost", "an unknown scheme"),
            ("redis://:secret@", "names no host"),
            ("redis://:secret@:6379", "names no host"),
            ("redis://:secret@0.0.0.0", "of the form redis://"),
            ("redis://:secret@localhost:99999", "a port that is no number"),
            ("redis://:se/cret@localhost", "/ is written %2F"),
            ("redis://:secret@localhost/events", "database by a number"),
            ("redis://:secret@localhost/-1", "database by a number"),
            ("redis://:se#cret@localhost", "%23"),
            ("rediss://:secret@localhost#insecure", "?ca=/path/to/ca.pem"),
            ("redis://:secret@localhost?pass=secret", "no parameters but stream, maxlen and ca"),
            ("redis://:secret@localhost?sentinel_pass=secret", "no parameters but"),
            ("redis://:secret@localhost?maxlen=0", "maxlen a number from 256 on"),
            ("redis://:secret@localhost?stream=", "empty stream"),
            ("redis://:secret@localhost?ca=/etc/hosts", "rediss://"),
            ("redis://:secret@localhost?cert=/etc/hosts&key=/etc/hosts", "rediss://"),
            ("rediss://:secret@localhost?cert=/etc/hosts", "cert and key together"),
            ("rediss://:secret@localhost?ca=/nowhere", "cannot be read: /nowhere"),
            ("rediss://:secret@localhost?ca=/etc/hosts", "/etc/hosts: it holds none in PEM"),
            ("rediss://:secret@localhost?cert=/nowhere&key=/nowhere", "cannot be read: /nowhere"),
            ("redis+sentinel://:secret@localhost", "the master that its sentinels watch"),
            ("redis+sentinel://:secret@localhost/", "the master that its sentinels watch"),
            ("redis+sentinel://:secret@localhost/my%20master", "the master that its sentinels"),
            ("redis+sentinel://:secret@localhost/m/x", "database by a number"),
            ("redis+sentinel://:secret@a,,b/m", "names no host"),
            ("redis+sentinel://:secret@a,b:x/m", "a port that is no number"),
        ];
        for (url, what) in wrong {
            let error = Settings::from_url(url).unwrap_err().to_string();
            assert!(error.contains(what), "{url}: {error}");
            assert!(!error.contains("cret"), "{url}: {error}");
        }
    }
}

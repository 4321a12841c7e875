//! The error type of a URL of Redis that is refused, with how to write it.
//!
//! The invariant: no variant holds a part of the URL that may be the password.

use std::error::Error;
use std::fmt;

use crate::limits::PAGE;

const FORM: &str = "redis://[user:password@]host[:port][/database], rediss://... with TLS, \
                    redis+sentinel://[user:password@]host[:port],host[:port]/master[/database], or \
                    unix:///path/of/the/socket";

const ENCODING: &str = "in a password, / is written %2F, ? %3F, # %23, & %26, @ %40 and : %3A";

/// The reason why a URL is refused. Displayed, it continues "the URL of Redis".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlError {
    Fragment,
    NoScheme,
    UnknownScheme,
    NoHost,
    InvalidPort,
    NoSocket,
    NoMaster,
    InvalidDatabase,
    /// The parser of the redis crate refuses it.
    Malformed,
    UnknownParameter,
    EmptyStream,
    InvalidMaxLength,
    /// `cert` without `key`, or `key` without `cert`.
    HalfCertificate,
}

impl UrlError {
    /// True if an example of the whole URL helps most.
    fn concerns_form(self) -> bool {
        matches!(
            self,
            Self::NoScheme
                | Self::UnknownScheme
                | Self::NoHost
                | Self::InvalidPort
                | Self::NoSocket
                | Self::Malformed
        )
    }

    /// True if a password with an unencoded character may be the cause.
    fn concerns_encoding(self) -> bool {
        self.concerns_form()
            || matches!(self, Self::Fragment | Self::InvalidDatabase | Self::UnknownParameter)
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fragment => f.write_str(
                "must not have a part after #; to trust a certificate that the system does not, add \
                 ?ca=/path/to/ca.pem",
            ),
            Self::NoScheme => f.write_str("names no scheme"),
            Self::UnknownScheme => f.write_str("has an unknown scheme"),
            Self::NoHost => f.write_str("names no host"),
            Self::InvalidPort => f.write_str("has a port that is no number from 1 to 65535"),
            Self::NoSocket => f.write_str("names no socket"),
            Self::NoMaster => f.write_str(
                "must name the master that its sentinels watch, as in \
                 redis+sentinel://host,host/mymaster",
            ),
            Self::InvalidDatabase => {
                f.write_str("must name its database by a number, as in redis://host/1")
            }
            Self::Malformed => f.write_str("is malformed"),
            Self::UnknownParameter => f.write_str(
                "must have no parameters but stream, maxlen and ca, cert and key (with unix:// also db, user and \
                 pass; with redis+sentinel:// sentinel_user and sentinel_pass)",
            ),
            Self::EmptyStream => f.write_str("must not name an empty stream"),
            Self::InvalidMaxLength => write!(f, "must give maxlen a number from {PAGE} on"),
            Self::HalfCertificate => f.write_str("must give cert and key together"),
        }?;
        if self.concerns_form() {
            write!(f, "; it must be of the form {FORM}")?;
        }
        if self.concerns_encoding() { write!(f, "; {ENCODING}") } else { Ok(()) }
    }
}

impl Error for UrlError {}

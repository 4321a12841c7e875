//! Configures TLS: the certificates to trust, and our own.

use std::error::Error;
use std::sync::Arc;
use std::{fmt, fs};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// The files that a URL names.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// Certificates to trust in place of the system's.
    pub(crate) ca: Option<String>,
    /// Our certificate, and its key.
    pub(crate) own: Option<(String, String)>,
}

/// The reason why the files cannot be used. Displayed, it continues "the URL of Redis".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TlsError {
    Certificates { file: String, why: String },
    Key { file: String, why: String },
    Pair { certificate: String, key: String, why: String },
}

impl TlsError {
    fn certificates(file: &str, why: impl fmt::Display) -> Self {
        Self::Certificates { file: file.to_owned(), why: why.to_string() }
    }

    fn key(file: &str, why: impl fmt::Display) -> Self {
        Self::Key { file: file.to_owned(), why: why.to_string() }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates { file, why } => {
                write!(f, "names certificates that cannot be read: {file}: {why}")
            }
            Self::Key { file, why } => write!(f, "names a key that cannot be read: {file}: {why}"),
            Self::Pair { certificate, key, why } => write!(
                f,
                "names a certificate and a key that cannot be used together: {certificate}, {key}: {why}"
            ),
        }
    }
}

impl Error for TlsError {}

/// Makes the configuration of a client that trusts and shows these files' certificates.
pub(crate) fn config(files: &Files) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    match &files.ca {
        Some(file) => {
            let (added, _) = roots.add_parsable_certificates(certificates(file)?);
            if added == 0 {
                return Err(TlsError::certificates(file, "none can be used"));
            }
        }
        // If the system has none, connecting fails with an error about the server's certificate.
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder().with_root_certificates(roots);
    let config = match &files.own {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate)?;
            let private = fs::read(key).map_err(|why| TlsError::key(key, why))?;
            let private = PrivateKeyDer::from_pem_slice(&private)
                .map_err(|_| TlsError::key(key, "it holds no key in PEM"))?;
            config.with_client_auth_cert(chain, private).map_err(|why| {
                let (certificate, key) = (certificate.clone(), key.clone());
                TlsError::Pair { certificate, key, why: why.to_string() }
            })?
        }
    };
    Ok(Arc::new(config))
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = fs::read(file).map_err(|why| TlsError::certificates(file, why))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.ok().filter(|found| !found.is_empty());
    certificates.ok_or_else(|| TlsError::certificates(file, "it holds none in PEM"))
}

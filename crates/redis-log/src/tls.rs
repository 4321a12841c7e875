//! TLS: whom to trust, and who we are.

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

/// How to speak TLS, or what is wrong with the files.
pub(crate) fn config(files: &Files) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    match &files.ca {
        Some(file) => {
            let (added, _) = roots.add_parsable_certificates(certificates(file)?);
            if added == 0 {
                return Err(unreadable("certificates", file, "none can be used"));
            }
        }
        // Where the system has none, the server's is not trusted, and that is said then.
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder().with_root_certificates(roots);
    let config = match &files.own {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate)?;
            let private = fs::read(key).map_err(|why| unreadable("a key", key, why))?;
            let private = PrivateKeyDer::from_pem_slice(&private)
                .map_err(|_| unreadable("a key", key, "it holds no key in PEM"))?;
            config.with_client_auth_cert(chain, private).map_err(|why| {
                format!("names a certificate and a key that cannot be used together: {certificate}, {key}: {why}")
            })?
        }
    };
    Ok(Arc::new(config))
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = fs::read(file).map_err(|why| unreadable("certificates", file, why))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.ok().filter(|found| !found.is_empty());
    certificates.ok_or_else(|| unreadable("certificates", file, "it holds none in PEM"))
}

fn unreadable(what: &str, file: &str, why: impl fmt::Display) -> String {
    format!("names {what} that cannot be read: {file}: {why}")
}

//! Apache with the prefork MPM and `mod_php`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::home::Home;
use super::{Php, Server, runs_as_root};
use crate::binary;
use crate::http::{Endpoint, trusting};
use crate::port::start_on_free_port;
use crate::process::{Process, Signal};

/// Apache, to be started.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Apache {
    root: PathBuf,
    php: Php,
    children: usize,
    deflate: bool,
    brotli: bool,
    tls: bool,
    lines: Vec<String>,
    overwrites_freed: bool,
}

impl Apache {
    /// Serves the directory `root` with four workers.
    pub fn new(root: impl AsRef<Path>, php: Php) -> Self {
        let root = root.as_ref().to_owned();
        Self {
            root,
            php,
            children: 4,
            deflate: false,
            brotli: false,
            tls: false,
            lines: Vec::new(),
            overwrites_freed: false,
        }
    }

    /// With so many workers.
    #[must_use]
    pub fn children(mut self, children: usize) -> Self {
        self.children = children;
        self
    }

    /// With `mod_deflate` on for every response.
    #[must_use]
    pub fn deflate(mut self) -> Self {
        self.deflate = true;
        self
    }

    /// With `mod_brotli` on for every response.
    #[must_use]
    pub fn brotli(mut self) -> Self {
        self.brotli = true;
        self
    }

    /// With TLS, and a certificate that the server's own [`Endpoint`] trusts.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// With a line in the server's configuration.
    #[must_use]
    pub fn line(mut self, line: &str) -> Self {
        self.lines.push(line.to_owned());
        self
    }

    /// With memory that is given back at once, and overwritten then: who goes on using it crashes.
    #[must_use]
    pub fn overwriting_freed_memory(mut self) -> Self {
        self.overwrites_freed = true;
        self.line("MaxMemFree 1")
    }

    /// Starts it.
    #[track_caller]
    pub fn start(self) -> Server {
        let directory = Home::new();
        let key = self.tls.then(|| write_certificate(directory.path()));
        let (php, addr) = start_on_free_port(READY, |addr| self.spawn(addr, directory.path()));
        let endpoint = match key {
            Some(key) => Endpoint::tls(addr, trusting(key.cert.der().clone())),
            None => Endpoint::plain(addr),
        };
        Server { endpoint, front: Vec::new(), php, reload: Some(Signal::USR1), directory }
    }

    fn spawn(&self, addr: SocketAddr, directory: &Path) -> Process {
        let config = directory.join("apache.conf");
        fs::write(&config, self.config(addr, directory)).unwrap();
        let mut command = Command::new(binary::apache());
        command.arg("-DFOREGROUND").arg("-d").arg(directory).arg("-f").arg(config);
        if self.overwrites_freed {
            // As mallopt(3) has it.
            command.env("MALLOC_PERTURB_", "165");
        }
        self.php.clone().configure(&mut command, directory);
        Process::spawn("apache", &mut command, directory)
    }

    // Long: one file of httpd's.
    fn config(&self, addr: SocketAddr, directory: &Path) -> String {
        let Self { children, .. } = self;
        let modules = binary::apache_modules();
        let modules = modules.display();
        let php_module = binary::apache_php_module();
        let php_module = php_module.display();
        let root = self.root.display();
        let directory = directory.display();
        // As root, Apache insists on workers that are not.
        let user = if runs_as_root() { "User www-data\nGroup www-data" } else { "" };
        let parts = [(self.deflate, DEFLATE), (self.brotli, BROTLI), (self.tls, TLS)];
        let parts = parts.map(|(wanted, part)| if wanted { part } else { "" });
        let parts = parts.join("\n").replace("$modules", &modules.to_string());
        let lines = self.lines.join("\n");
        format!(
            r#"
ServerName 127.0.0.1
Listen {addr}
PidFile apache.pid
DefaultRuntimeDir {directory}
Mutex file:{directory}
ErrorLog apache.log
LogLevel notice
{user}
LoadModule mpm_prefork_module {modules}/mod_mpm_prefork.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule php_module {php_module}
TypesConfig /dev/null
AddType text/html .html
StartServers {children}
MinSpareServers {children}
MaxSpareServers {children}
MaxRequestWorkers {children}
ServerLimit {children}
DocumentRoot {root}
<FilesMatch "\.php$">
    SetHandler application/x-httpd-php
</FilesMatch>
{parts}
{lines}
"#
        )
    }
}

/// Logged when Apache is ready for requests and for signals.
const READY: &str = "resuming normal operations";

const DEFLATE: &str = "
LoadModule filter_module $modules/mod_filter.so
LoadModule deflate_module $modules/mod_deflate.so
SetOutputFilter DEFLATE";

const BROTLI: &str = "
LoadModule brotli_module $modules/mod_brotli.so
SetOutputFilter BROTLI_COMPRESS";

const TLS: &str = "
LoadModule ssl_module $modules/mod_ssl.so
SSLEngine on
SSLSessionCache none
SSLCertificateFile certificate.pem
SSLCertificateKeyFile key.pem";

fn write_certificate(directory: &Path) -> CertifiedKey<rcgen::KeyPair> {
    let key = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(directory.join("certificate.pem"), key.cert.pem()).unwrap();
    fs::write(directory.join("key.pem"), key.signing_key.serialize_pem()).unwrap();
    key
}

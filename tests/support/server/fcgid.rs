//! Apache without `mod_php`: `mod_fcgid`, which starts `php-cgi` itself, and `mod_proxy_fcgi` in front
//! of FPM.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::front::{Front, when_it_listens};
use super::home::Home;
use super::{Php, Server, runs_as_root};
use crate::binary;
use crate::http::Endpoint;
use crate::process::{Process, Signal};

/// Apache and `mod_fcgid`, to be started.
#[derive(Clone, Debug)]
pub struct Fcgid {
    root: PathBuf,
    php: Php,
    lines: &'static str,
}

impl Fcgid {
    /// Serves the directory `root`, with these lines of `mod_fcgid`'s in the configuration.
    pub fn new(root: impl AsRef<Path>, php: Php, lines: &'static str) -> Self {
        Self { root: root.as_ref().to_owned(), php, lines }
    }

    /// Starts it.
    #[track_caller]
    pub fn start(self) -> Server {
        let directory = Home::new();
        let files = directory.path().display();
        let mut php_env = Command::new(binary::php_cgi());
        self.php.configure(&mut php_env, directory.path());
        let (modules, root, lines) = (binary::apache_modules(), self.root.display(), self.lines);
        let (modules, php_cgi) = (modules.display(), binary::php_cgi());
        let php_cgi = php_cgi.display();
        let config = format!(
            r#"
LoadModule fcgid_module {modules}/mod_fcgid.so
FcgidIPCDir {files}
FcgidProcessTableFile {files}/fcgid_shm
FcgidInitialEnv PHPRC {files}
FcgidInitialEnv PHP_INI_SCAN_DIR ""
<Directory {root}>
    Options +ExecCGI
</Directory>
<FilesMatch "\.php$">
    SetHandler fcgid-script
    FcgidWrapper {php_cgi} .php
</FilesMatch>
{lines}"#
        );
        let (php, addr) = httpd(&config, &self.root, directory.path());
        Server {
            endpoint: Endpoint::plain(addr),
            front: Vec::new(),
            php,
            reload: Some(Signal::USR1),
            directory,
        }
    }
}

/// Apache and `mod_proxy_fcgi`, with the handler that Debian's own configuration sets.
#[derive(Clone, Copy, Debug)]
pub struct ProxyFcgi {
    /// True if `flushpackets=on` is set.
    pub flushes: bool,
}

/// As [`ProxyFcgi`], with `mod_deflate` on for every response.
#[derive(Clone, Copy, Debug)]
pub struct ProxyFcgiWithDeflate(pub ProxyFcgi);

impl Front for ProxyFcgi {
    fn start(&self, socket: &Path, root: &Path, directory: &Path) -> (Process, SocketAddr) {
        self.with("", socket, root, directory)
    }
}

impl Front for ProxyFcgiWithDeflate {
    fn start(&self, socket: &Path, root: &Path, directory: &Path) -> (Process, SocketAddr) {
        self.0.with(DEFLATE, socket, root, directory)
    }
}

const DEFLATE: &str = "
LoadModule filter_module $modules/mod_filter.so
LoadModule deflate_module $modules/mod_deflate.so
SetOutputFilter DEFLATE";

impl ProxyFcgi {
    fn with(
        self,
        lines: &str,
        socket: &Path,
        root: &Path,
        directory: &Path,
    ) -> (Process, SocketAddr) {
        let modules = binary::apache_modules();
        let (modules, socket) = (modules.display(), socket.display());
        let flushes = if self.flushes { "ProxySet flushpackets=on" } else { "" };
        let lines = lines.replace("$modules", &modules.to_string());
        let config = format!(
            r#"
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_fcgi_module {modules}/mod_proxy_fcgi.so
<FilesMatch "\.php$">
    SetHandler "proxy:unix:{socket}|fcgi://localhost"
</FilesMatch>
<Proxy "unix:{socket}|fcgi://localhost">
    {flushes}
</Proxy>
{lines}"#
        );
        httpd(&config, root, directory)
    }
}

fn httpd(lines: &str, root: &Path, directory: &Path) -> (Process, SocketAddr) {
    let modules = binary::apache_modules();
    let (modules, files, root) = (modules.display(), directory.display(), root.display());
    // As root, Apache insists on workers that are not.
    let user = if runs_as_root() { "User www-data\nGroup www-data" } else { "" };
    when_it_listens(|addr| {
        let config = directory.join("httpd.conf");
        let text = format!(
            "
ServerName 127.0.0.1
Listen {addr}
PidFile {files}/httpd.pid
DefaultRuntimeDir {files}
Mutex file:{files}
ErrorLog {files}/httpd.log
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
DocumentRoot {root}
{lines}
"
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new(binary::apache());
        command.arg("-DFOREGROUND").arg("-d").arg(directory).arg("-f").arg(config);
        Process::spawn("httpd", &mut command, directory)
    })
}

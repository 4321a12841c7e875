//! Finds the programs under test: each is named by an environment variable, or looked for.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// PHP's command line, from `PHP`.
pub fn php() -> PathBuf {
    named_or_found("PHP", &["php".into()])
}

/// FPM, from `PHP_FPM`; else the one that belongs to [`php`].
#[track_caller]
pub fn php_fpm() -> PathBuf {
    php_program("PHP_FPM", "php-fpm")
}

/// `php-cgi`, from `PHP_CGI`; else the one that belongs to [`php`].
#[track_caller]
pub fn php_cgi() -> PathBuf {
    php_program("PHP_CGI", "php-cgi")
}

/// FrankenPHP around [`php`], from `FRANKENPHP`: `scripts/frankenphp` builds it.
pub fn frankenphp() -> PathBuf {
    named_or_found("FRANKENPHP", &["frankenphp".into()])
}

/// `php-config`, from `PHP_CONFIG`; else the one that belongs to [`php`].
#[track_caller]
pub fn php_config() -> PathBuf {
    php_program("PHP_CONFIG", "php-config")
}

/// `phpize`, from `PHPIZE`; else the one that belongs to [`php`].
#[track_caller]
pub fn phpize() -> PathBuf {
    php_program("PHPIZE", "phpize")
}

/// Another program of [`php`]'s. It is installed beside it; Debian adds the version to its name.
#[track_caller]
fn php_program(variable: &str, name: &str) -> PathBuf {
    let names = [format!("{name}{}", php_version()), name.to_owned()];
    let php = php();
    let beside = php.parent().filter(|_| php.is_absolute()).into_iter().flat_map(|bin| {
        [bin.to_owned(), bin.join("../sbin")]
            .into_iter()
            .flat_map(|directory| names.each_ref().map(|name| directory.join(name)))
    });
    match beside.into_iter().find(|program| program.is_file()) {
        Some(program) if env::var_os(variable).is_none() => program,
        _ => named_or_found(variable, &names),
    }
}

/// nginx, from `NGINX`.
pub fn nginx() -> PathBuf {
    named_or_found("NGINX", &["nginx".into()])
}

/// Caddy, from `CADDY`.
pub fn caddy() -> PathBuf {
    named_or_found("CADDY", &["caddy".into()])
}

/// lighttpd, from `LIGHTTPD`.
pub fn lighttpd() -> PathBuf {
    named_or_found("LIGHTTPD", &["lighttpd".into()])
}

/// True if [`lighttpd`] passes a response on as it comes that says `Incremental: ?1`: 1.4.79 does not, 1.4.85
/// does.
pub fn lighttpd_obeys_incremental() -> bool {
    let output = Command::new(lighttpd()).arg("-v").output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let patch = words.strip_prefix("lighttpd/1.4.").and_then(|rest| rest.split([' ', '-']).next());
    patch.and_then(|patch| patch.parse::<u32>().ok()).is_none_or(|patch| patch > 79)
}

/// `HAProxy`, from `HAPROXY`.
pub fn haproxy() -> PathBuf {
    named_or_found("HAPROXY", &["haproxy".into()])
}

/// Varnish, from `VARNISHD`.
pub fn varnish() -> PathBuf {
    named_or_found("VARNISHD", &["varnishd".into()])
}

/// Apache, from `APACHE`.
pub fn apache() -> PathBuf {
    named_or_found("APACHE", &["apache2".into(), "httpd".into()])
}

/// The directory of Apache's modules, from `APACHE_MODULES`.
pub fn apache_modules() -> PathBuf {
    env::var_os("APACHE_MODULES").map_or_else(|| "/usr/lib/apache2/modules".into(), PathBuf::from)
}

/// `mod_php`, from `APACHE_PHP_MODULE`; else the one of the same version as [`php`].
pub fn apache_php_module() -> PathBuf {
    env::var_os("APACHE_PHP_MODULE")
        .map_or_else(|| apache_modules().join(format!("libphp{}.so", php_version())), PathBuf::from)
}

/// `chromedriver`, from `CHROMEDRIVER`.
pub fn chromedriver() -> PathBuf {
    named_or_found("CHROMEDRIVER", &["chromedriver".into()])
}

/// The browser for it, from `CHROMIUM`; where that is not set, chromedriver finds one itself.
pub fn chromium() -> Option<PathBuf> {
    env::var_os("CHROMIUM").map(PathBuf::from)
}

/// Firefox, from `FIREFOX`.
pub fn firefox() -> PathBuf {
    named_or_found("FIREFOX", &["firefox-esr".into()])
}

/// `WebKitWebDriver`, from `WEBKIT_WEB_DRIVER`; it finds its `MiniBrowser` itself.
pub fn webkit_web_driver() -> PathBuf {
    named_or_found("WEBKIT_WEB_DRIVER", &["WebKitWebDriver".into()])
}

/// The X server that shows nothing, from `XVFB`.
pub fn xvfb() -> PathBuf {
    named_or_found("XVFB", &["Xvfb".into()])
}

/// Node.js, from `NODE`.
pub fn node() -> PathBuf {
    named_or_found("NODE", &["node".into(), "nodejs".into()])
}

/// curl, from `CURL`.
pub fn curl() -> PathBuf {
    named_or_found("CURL", &["curl".into()])
}

/// Python, from `PYTHON`; else the system's, as that is what has the system's packages.
pub fn python() -> PathBuf {
    named_or_found("PYTHON", &["/usr/bin/python3".into(), "python3".into()])
}

/// True if [`php`] has this extension, by the machine's own configuration.
pub fn php_has(extension: &str) -> bool {
    let output = Command::new(php()).arg("-m").output().unwrap();
    let loaded = String::from_utf8(output.stdout).unwrap();
    loaded.lines().any(|line| line.eq_ignore_ascii_case(extension))
}

/// The version of [`php`] and its kind, as scripts have it: `PHP 8.2.36 NTS`.
pub fn php_title() -> String {
    let kind = "PHP_ZTS ? ' ZTS' : ' NTS', PHP_DEBUG ? ' DEBUG' : ''";
    let script = format!("echo 'PHP ', PHP_VERSION, {kind};");
    let output = Command::new(php()).args(["-n", "-r", &script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// True if [`php`] can run several threads.
pub fn php_is_thread_safe() -> bool {
    let output = Command::new(php()).args(["-n", "-r", "echo PHP_ZTS;"]).output().unwrap();
    output.stdout == b"1"
}

/// True if [`php`] is older than this version.
pub fn php_is_before(major: u32, minor: u32) -> bool {
    let numbers = php_version().split('.').map(|number| number.parse::<u32>().unwrap());
    numbers.lt([major, minor])
}

/// The major and minor version of [`php`], such as `8.2`.
fn php_version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let script = "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;";
        let output = Command::new(php()).args(["-n", "-r", script]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    })
}

/// The path in the environment variable, or the first program of these names.
#[track_caller]
fn named_or_found(variable: &str, names: &[String]) -> PathBuf {
    env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| names.iter().find_map(|name| find(name)))
        .unwrap_or_else(|| panic!("no {} found: install it, or name it in {variable}", names[0]))
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian keeps servers where an ordinary user's PATH does not look.
    let servers = ["/usr/local/sbin", "/usr/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(servers)
        .map(|directory| directory.join(name))
        .find(|file: &PathBuf| Path::is_file(file))
}

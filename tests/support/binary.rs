//! Where the programs under test are: named by an environment variable, or found.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// PHP's command line, from `PHP`.
pub fn php() -> PathBuf {
    named_or_found("PHP", &["php".into()])
}

/// FPM, from `PHP_FPM`; else the one of the same version as [`php`].
pub fn php_fpm() -> PathBuf {
    named_or_found("PHP_FPM", &[format!("php-fpm{}", php_version()), "php-fpm".into()])
}

/// Another program of [`php`]: `config`, `ize`. Debian adds the version to their names, PHP itself does not.
pub fn php_program(name: &str) -> PathBuf {
    let directory = php().parent().map(Path::to_path_buf).unwrap_or_default();
    let names = [format!("php{name}{}", php_version()), format!("php{name}")];
    let paths = names.map(|name| directory.join(name));
    let found = paths.iter().find(|path| path.is_file()).cloned();
    found.unwrap_or_else(|| panic!("there is none of {paths:?}"))
}

/// `php-cgi`, from `PHP_CGI`; else the one of the same version as [`php`].
pub fn php_cgi() -> PathBuf {
    named_or_found("PHP_CGI", &[format!("php-cgi{}", php_version()), "php-cgi".into()])
}

/// nginx, from `NGINX`.
pub fn nginx() -> PathBuf {
    named_or_found("NGINX", &["nginx".into()])
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

/// Node.js, from `NODE`.
pub fn node() -> PathBuf {
    named_or_found("NODE", &["node".into(), "nodejs".into()])
}

/// Whether [`php`] is older than this version.
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

//! What servers say of the configuration that a page has for them, each by its own check.

use std::path::Path;
use std::process::Command;

use server_tests::markdown::Block;
use server_tests::{binary, extension};

use crate::scratch::Scratch;
use crate::syntax::{self, succeeds};

/// Modules of Apache's that a page may take for granted.
const APACHE_MODULES: [&str; 17] = [
    "mpm_event",
    "authz_core",
    "authz_host",
    "unixd",
    "dir",
    "mime",
    "alias",
    "env",
    "headers",
    "rewrite",
    "filter",
    "deflate",
    "proxy",
    "proxy_fcgi",
    "proxy_http",
    "fcgid",
    "setenvif",
];

/// Checks a configuration.
pub(crate) fn check(block: &Block, scratch: &Scratch, text: &str) -> Result<(), String> {
    match block.language.as_str() {
        "nginx" => nginx(scratch, text),
        "apache" => apache(scratch, text),
        "caddyfile" => caddy(scratch, text),
        "haproxy" => haproxy(scratch, text),
        "lighttpd" => lighttpd(scratch, text),
        "vcl" => varnish(scratch, text),
        "ini" if block.attribute("pool").is_some() => pool(scratch, text),
        "ini" => php_ini(scratch, text),
        "systemd" => systemd(scratch, text),
        _ => syntax::check(block, scratch, text),
    }
}

/// It has to be right in one of the places where it may stand.
fn nginx(scratch: &Scratch, text: &str) -> Result<(), String> {
    let server = format!("server {{ listen 127.0.0.1:8080;\n{text}\n}}");
    let location = format!("server {{ listen 127.0.0.1:8080; location / {{\n{text}\n}} }}");
    let http = |inside: &str| format!("events {{}}\nhttp {{\n{inside}\n}}\n");
    let places = [
        text.to_owned(),
        format!("events {{}}\n{text}"),
        http(text),
        http(&server),
        http(&location),
    ];
    // It reads what it includes beside its own file.
    for name in ["fastcgi.conf", "fastcgi_params"] {
        if let Ok(included) = std::fs::read_to_string(Path::new("/etc/nginx").join(name)) {
            scratch.write(name, &included);
        }
    }
    let errors: Vec<String> = places
        .iter()
        .map_while(|place| {
            let file = scratch.write("nginx.conf", place);
            let mut command = Command::new(binary::nginx());
            let globals = format!("pid {};", file.with_extension("pid").display());
            command.args(["-t", "-q", "-e", "stderr", "-g", &globals]).arg("-c").arg(&file);
            succeeds(&mut command).err()
        })
        .collect();
    if errors.len() < places.len() { Ok(()) } else { Err(errors.join("")) }
}

fn apache(scratch: &Scratch, text: &str) -> Result<(), String> {
    let modules = binary::apache_modules();
    let load = APACHE_MODULES.iter().filter_map(|name| {
        let file = modules.join(format!("mod_{name}.so"));
        file.exists().then(|| format!("LoadModule {name}_module {}\n", file.display()))
    });
    let load: String = load.collect();
    let file = scratch.write("httpd.conf", "");
    let directory = file.parent().unwrap().display();
    let config = format!(
        "ServerRoot {directory}\nDefaultRuntimeDir {directory}\n{load}ServerName localhost\nListen 127.0.0.1:8080\n\
         ErrorLog {directory}/error.log\nPidFile {directory}/httpd.pid\n{text}"
    );
    let file = scratch.write("httpd.conf", &config);
    succeeds(Command::new(binary::apache()).arg("-t").arg("-f").arg(file))
}

/// It may be what stands within a site.
fn caddy(scratch: &Scratch, text: &str) -> Result<(), String> {
    let validate = |text: &str| {
        let file = scratch.write("Caddyfile", text);
        let mut command = Command::new(binary::caddy());
        command.args(["validate", "--adapter", "caddyfile", "--config"]).arg(&file);
        for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, file.parent().unwrap());
        }
        succeeds(&mut command)
    };
    validate(text)
        .or_else(|error| validate(&format!("http://127.0.0.1 {{\n{text}\n}}\n")).map_err(|_| error))
}

fn haproxy(scratch: &Scratch, text: &str) -> Result<(), String> {
    // Without one it does not start.
    let listener = "\nfrontend checked\n    bind 127.0.0.1:8080\n";
    let file = scratch.write("haproxy.cfg", &format!("{text}{listener}"));
    succeeds(Command::new(binary::haproxy()).arg("-c").arg("-f").arg(file))
}

fn lighttpd(scratch: &Scratch, text: &str) -> Result<(), String> {
    let file = scratch.write("lighttpd.conf", "");
    let root = file.parent().unwrap().display();
    let file =
        scratch.write("lighttpd.conf", &format!("server.document-root = \"{root}\"\n{text}"));
    succeeds(Command::new(binary::lighttpd()).arg("-tt").arg("-f").arg(file))
}

/// Only some releases of Debian have Varnish.
fn varnish(scratch: &Scratch, text: &str) -> Result<(), String> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&paths).any(|directory| directory.join("varnishd").exists());
    if !there && std::env::var_os("VARNISHD").is_none() {
        return Ok(());
    }
    let backend = "vcl 4.1;\nbackend default { .host = \"127.0.0.1\"; .port = \"80\"; }\n";
    let file = scratch.write("default.vcl", &format!("{backend}{text}"));
    succeeds(Command::new(binary::varnish()).arg("-C").arg("-f").arg(file))
}

/// PHP has to take every line without a word, and know every setting of ours.
fn php_ini(scratch: &Scratch, text: &str) -> Result<(), String> {
    let own = text.lines().filter(|line| !line.trim_start().starts_with("extension"));
    let own: String = own.flat_map(|line| [line, "\n"]).collect();
    let extension =
        format!("extension={}\ndisplay_startup_errors=1\n", extension::path().display());
    let file = scratch.write("checked/php.ini", &format!("{extension}{own}"));
    let script = r"
        $known = ini_get_all(null, false);
        foreach (array_keys(parse_ini_file($argv[1], false, INI_SCANNER_RAW)) as $name) {
            if (!array_key_exists($name, $known)) {
                echo $name, ': PHP has no such setting', PHP_EOL;
            }
        }";
    let output = Command::new(binary::php())
        .env("PHP_INI_SCAN_DIR", "")
        .arg("-c")
        .arg(&file)
        .args(["-d", "display_errors=stderr", "-r", script])
        .arg(&file)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let settings_of_others =
        |line: &&str| !line.ends_with("PHP has no such setting") || line.starts_with("sse.");
    let found: Vec<&str> = printed.lines().filter(settings_of_others).collect();
    if found.iter().all(|line| line.trim().is_empty()) { Ok(()) } else { Err(found.join("\n")) }
}

fn pool(scratch: &Scratch, text: &str) -> Result<(), String> {
    let file = scratch.write("fpm.conf", "");
    let directory = file.parent().unwrap().display();
    let head = if text.trim_start().starts_with('[') { "" } else { "[www]\n" };
    let required = [
        ("listen =", format!("listen = {directory}/fpm.sock\n")),
        ("pm =", "pm = static\n".to_owned()),
        ("pm.max_children", "pm.max_children = 2\n".to_owned()),
        ("user =", "user = root\ngroup = root\n".to_owned()),
    ];
    let missing = required.iter().filter(|(name, _)| !text.contains(name));
    let missing: String = missing.map(|(_, line)| line.as_str()).collect();
    let config = format!("[global]\nerror_log = {directory}/fpm.log\n{head}{text}\n{missing}");
    let file = scratch.write("fpm.conf", &config);
    let mut fpm = Command::new(binary::php_fpm());
    succeeds(fpm.args(["-t", "-R", "-n", "--fpm-config"]).arg(file))
}

/// What a unit starts is not installed here: only that is forgiven.
fn systemd(scratch: &Scratch, text: &str) -> Result<(), String> {
    // A drop-in adds to a unit that has a program.
    let program =
        if text.contains("ExecStart=") { "" } else { "\n[Service]\nExecStart=/bin/true\n" };
    let file = scratch.write("sse-hub.service", &format!("{text}{program}"));
    let Ok(output) =
        Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output()
    else {
        return Err("systemd-analyze is missing: install systemd".to_owned());
    };
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let about_it = printed.lines().filter(|line| line.contains("sse-hub.service"));
    let wrong: Vec<&str> = about_it.filter(|line| !line.contains("is not executable")).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

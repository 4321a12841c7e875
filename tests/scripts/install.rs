//! `phpize && ./configure && make` in `ext/`, with a cargo that only notes for which PHP it would build.

use std::fs;
use std::path::Path;

use server_tests::binary;
use server_tests::site::Site;

use crate::machine::{Ended, Machine, run};

const CARGO: &str = "echo \"$PHP $PHP_CONFIG\" >>\"$SSE_CACHE_DIR\"\nexit 1";

/// A `php-config` that knows a version only, and what is told here.
const CONFIG: &str = "case $1 in --prefix) echo /usr ;; --vernum) echo 80299 ;;";

/// `configure` reads this.
const FILES: [&str; 5] =
    ["ext/config.m4", "ext/Makefile.frag", "scripts/check-php", "scripts/lib.sh", "composer.json"];

struct Package {
    directory: Site,
    machine: Machine,
}

impl Package {
    /// After `phpize`.
    #[track_caller]
    fn new() -> Self {
        let directory = Site::new();
        for part in ["ext", "scripts"] {
            fs::create_dir(directory.path(part)).unwrap();
        }
        for name in FILES {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
            fs::copy(source, directory.path(name)).unwrap();
        }
        let package = Self { directory, machine: Machine::new().program("cargo", CARGO) };
        let phpize = package.run(&binary::phpize().display().to_string(), &[]);
        assert_eq!(phpize.status, Some(0), "{phpize:?}");
        package
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Ended {
        let mut command = self.machine.command(program);
        command.args(arguments).current_dir(self.directory.path("ext"));
        // `configure` complains of a terminal that it does not know; CARGO is set by who runs this test.
        run(command.env("TERM", "xterm").env_remove("CARGO"))
    }

    fn configure(&self, php_config: &str) -> Ended {
        self.run("./configure", &["--quiet", &format!("--with-php-config={php_config}")])
    }

    /// The PHP and the `php-config` that cargo would build for.
    #[track_caller]
    fn builds_for(&self) -> String {
        let make = self.run("make", &[]);
        assert_eq!(make.status, Some(2), "{make:?}");
        self.machine.read("cache")
    }
}

/// The program that a `php-config` names, by itself.
fn php_of(php_config: &Path) -> String {
    let ended = run(std::process::Command::new(php_config).arg("--php-binary"));
    ended.stdout.trim_end().to_owned()
}

#[test]
fn a_php_that_is_not_supported_is_refused_before_anything_is_built() {
    const OLD: &str = "case $* in *_ID*) echo 50299 ;; *) echo 5.2.99 ;; esac";
    let package = Package::new();
    let machine = package.machine.program("old", OLD);
    let old = machine.path("bin/old");
    let config = format!(
        "{} --php-binary) echo {old} ;; *) exec {} \"$@\" ;; esac",
        CONFIG.replace("802", "502"),
        binary::php_config().display()
    );
    let package = Package { machine: machine.program("old-config", &config), ..package };
    let Ended { status, stderr, .. } = package.configure("old-config");
    let why = format!("error: {old} is PHP 5.2.99; this is for PHP 8.2 to ");
    assert!(status == Some(1) && stderr.starts_with(&why), "{status:?} {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn an_absolute_php_config_is_the_one_that_is_built_for() {
    let package = Package::new();
    let php_config = binary::php_config();
    let configured = package.configure(&php_config.display().to_string());
    assert_eq!(configured.status, Some(0), "{configured:?}");
    let expected = format!("{} {}\n", php_of(&php_config), php_config.display());
    assert_eq!(package.builds_for(), expected);
}

#[test]
fn the_name_of_a_php_config_is_looked_up() {
    let other = format!("exec {} \"$@\"", binary::php_config().display());
    let mut package = Package::new();
    package.machine = package.machine.program("php-config-of-mine", &other);
    let configured = package.configure("php-config-of-mine");
    assert_eq!(configured.status, Some(0), "{configured:?}");
    let found = package.machine.path("bin/php-config-of-mine");
    let expected = format!("{} {found}\n", php_of(&binary::php_config()));
    assert_eq!(package.builds_for(), expected);
}

#[test]
fn a_relative_php_config_is_found_from_wherever_cargo_runs() {
    let package = Package::new();
    let php_config = binary::php_config();
    std::os::unix::fs::symlink(&php_config, package.directory.path("ext/config")).unwrap();
    let configured = package.configure("./config");
    assert_eq!(configured.status, Some(0), "{configured:?}");
    let found = package.directory.path("ext/./config");
    assert_eq!(package.builds_for(), format!("{} {}\n", php_of(&php_config), found.display()));
}

#[test]
fn a_php_config_that_builds_nothing_fails_before_anything_is_built_and_says_why() {
    let no_php = format!("{CONFIG} --php-binary) echo /no/php ;; esac");
    let another = format!("{} --php-binary) echo php ;; esac", CONFIG.replace("802", "502"));
    let no_headers = format!(
        "case $1 in --include-dir) echo /no/headers ;; *) exec {} \"$@\" ;; esac",
        binary::php_config().display()
    );
    let mut package = Package::new();
    for (script, why) in [
        ("exit 1", "Cannot find php-config. Please use --with-php-config=PATH"),
        (
            &no_php,
            "it names /no/php, which is no PHP of that version; please use --with-php-config=PATH",
        ),
        (
            &another,
            "it names php, which is no PHP of that version; please use --with-php-config=PATH",
        ),
        (&no_headers, "it names /no/headers, where there are no headers of PHP; install php-dev"),
    ] {
        package.machine = package.machine.program("wrong", script);
        let Ended { status, stderr, .. } = package.configure("wrong");
        assert_eq!((status, stderr), (Some(1), format!("configure: error: {why}\n")));
    }
}

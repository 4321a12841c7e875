//! A machine on which some programs are others.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use server_tests::site::Site;

/// Notes what it is asked to do, and does nothing.
const CARGO: &str = "echo \"$@\" >>\"$(dirname \"$0\")/../cargo\"";

/// Makes a virtual environment in which nothing is installed.
const PYTHON: &str =
    "mkdir -p \"$3/bin\" && printf '#!/bin/sh\\n' >\"$3/bin/pip\" && chmod +x \"$3/bin/pip\"";

/// Installs a program of esbuild's name, and nothing else, where it is told to.
const NPM: &str = "while [ \"$1\" != --prefix ]; do shift; done
    bin=$2/node_modules/.bin
    mkdir -p \"$bin\" && printf '#!/bin/sh\\n' >\"$bin/esbuild\" && chmod +x \"$bin/esbuild\"";

/// Knows its version, and builds nothing.
const GO: &str = "echo go1.99.0";

/// Programs in a directory that is the first on PATH, and a cache and a build directory of its own.
pub(crate) struct Machine(Site);

/// The end of a script.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self(Site::new())
    }

    /// With all packages, with registries that have what the tests take from them, and with a cargo that notes in the
    /// file `cargo` what it is asked for, and does nothing.
    pub(crate) fn with_all_packages() -> Self {
        Self::new()
            .program("npm", NPM)
            .program("python3", PYTHON)
            .program("go", GO)
            .program("cargo", CARGO)
            .program("dpkg-query", "printf installed")
            .program("chromedriver", "exit 0")
            .program("firefox-esr", "exit 0")
            .program("WebKitWebDriver", "exit 0")
            .program("Xvfb", "exit 0")
    }

    /// With a program, a shell script.
    pub(crate) fn program(self, name: &str, script: &str) -> Self {
        let name = format!("bin/{name}");
        self.0.write(&name, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.0.path(&name), fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// A command, to be run in the repository.
    pub(crate) fn command(&self, program: &str) -> Command {
        let path = env::var("PATH").unwrap();
        let mut command = Command::new(program);
        command
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
            .env("PATH", format!("{}:{path}", self.0.path("bin").display()))
            .env("SSE_CACHE_DIR", self.0.path("cache"))
            .env("CARGO_TARGET_DIR", self.0.path("target"));
        command
    }

    /// The contents of a file.
    pub(crate) fn read(&self, name: &str) -> String {
        self.0.read(name)
    }

    /// The path of a file.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path(name).display().to_string()
    }
}

/// Runs it to its end.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Ended {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
    Ended { status: status.code(), stdout, stderr }
}

//! What a page finds when it is typed: a directory, ports, PHP with the extension, a hub of its own.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::{env, iter};

use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for};
use server_tests::server::Php;
use server_tests::site::Site;
use server_tests::{binary, extension};

use crate::terminal::Terminal;

/// Where a port of loopback stands in a page.
const BEFORE_PORTS: [&str; 3] = ["127.0.0.1:", "localhost:", "--port "];

/// The surroundings of one page.
#[derive(Debug)]
pub(crate) struct Scratch {
    // Ends the hub, which lives in the state.
    hub: HubOf,
    /// The reader's directory.
    pub(crate) site: Site,
    /// The runner's own files.
    state: Site,
    ports: HashMap<u16, u16>,
}

/// True where pages are typed with what they name, and with what the machine has.
pub(crate) fn as_written() -> bool {
    env::var_os("SSE_DOCS_AS_WRITTEN").is_some_and(|value| !value.is_empty())
}

impl Scratch {
    /// For a page with this text.
    pub(crate) fn new(page: &str) -> Self {
        let (site, state) = (Site::new(), Site::new());
        let hub = HubOf::site(&state);
        let ports = if as_written() { HashMap::new() } else { free_ports(page) };
        let scratch = Self { hub, site, state, ports };
        if !as_written() {
            scratch.install();
        }
        scratch
    }

    /// PHP loads the extension, and `sse-hub` speaks to the hub of this page, as on a machine where they are installed.
    fn install(&self) {
        let socket = self.hub.socket().display().to_string();
        // Pages change scripts faster than people do, and opcache looks for that every two seconds.
        let ini = format!(
            "extension={}\nsse.hub_socket={socket}\nopcache.revalidate_freq=0\n",
            extension::path().display()
        );
        self.state.write("ini/sse.ini", ini);
        self.state.write("bin/sse-hub", hub_command(&self.hub));
        fs::set_permissions(self.state.path("bin/sse-hub"), Permissions::from_mode(0o755)).unwrap();
        symlink(binary::php(), self.state.path("bin/php")).unwrap();
    }

    /// The page's text with ports that are free.
    pub(crate) fn with_ports(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (port, free) in &self.ports {
            for before in BEFORE_PORTS {
                text = text.replace(&format!("{before}{port}"), &format!("{before}{free}"));
            }
        }
        text
    }

    /// Opens a terminal in a directory.
    pub(crate) fn terminal(&self, name: &str, directory: &Path) -> Terminal {
        let mut bash = Command::new("bash");
        bash.env("LC_ALL", "C.UTF-8");
        if !as_written() {
            let paths = env::var_os("PATH").unwrap_or_default();
            let paths = iter::once(self.state.path("bin")).chain(env::split_paths(&paths));
            bash.env("PATH", env::join_paths(paths).unwrap());
            self.with_extension(&mut bash);
        }
        Terminal::open(name, &mut bash, directory, self.state.as_ref())
    }

    /// Has every PHP in a command load the extension, as where it is installed.
    pub(crate) fn with_extension<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        // What the machine has configured comes first, as ever.
        command.env("PHP_INI_SCAN_DIR", format!(":{}", self.state.path("ini").display()))
    }

    /// Ends the hub, if scripts have started one.
    pub(crate) fn stop_hub(&self) {
        self.hub.program("stop").output().unwrap();
    }

    /// Waits until the hub has so many streams.
    pub(crate) fn wait_for_streams(&self, count: usize) {
        wait_for("streams in the hub", soon(), || {
            let status = self.hub.program("status").output().unwrap();
            let status = String::from_utf8_lossy(&status.stdout).into_owned();
            let row = status.lines().find(|line| line.starts_with("streams "))?;
            row.ends_with(&format!(" {count}")).then_some(())
        });
    }

    /// PHP for servers of the runner's own.
    pub(crate) fn php(&self) -> Php {
        let socket = self.hub.socket().display().to_string();
        Php::with_sse().ini("sse.hub_socket", &socket).ini("error_reporting", "-1")
    }

    /// A file of the runner's own.
    pub(crate) fn write(&self, name: &str, contents: &str) -> PathBuf {
        self.state.write(name, contents);
        self.state.path(name)
    }
}

/// The program of the hub, which is told where that listens.
fn hub_command(hub: &HubOf) -> String {
    let program = extension::path().with_file_name("sse-hub");
    let (program, socket) = (program.display(), hub.socket().display());
    let mut script = String::from("#!/bin/sh\ncase \" $* \" in\n");
    writeln!(script, "*' --socket '* | ' -'*) exec {program} \"$@\" ;;\nesac").unwrap();
    writeln!(script, "command=$1; shift\nexec {program} \"$command\" --socket {socket} \"$@\"")
        .unwrap();
    script
}

/// A free port for each that the page names.
fn free_ports(page: &str) -> HashMap<u16, u16> {
    let after = |before| page.split(before).skip(1);
    let named = BEFORE_PORTS.iter().flat_map(after).filter_map(|rest| {
        let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    });
    let named: HashSet<u16> = named.collect();
    named.into_iter().map(|port| (port, free_port())).collect()
}

/// A port that nobody listens on, and that the kernel gives to nobody until a page's command does: it takes those from
/// 32768 on. None comes twice.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = std::process::id().wrapping_mul(17).wrapping_add(NEXT.fetch_add(1, SeqCst));
        let port = 20_000 + u16::try_from(next % 12_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

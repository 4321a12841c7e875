//! Directories in which no hub starts, and what is said about them. Only root can give a directory to somebody
//! else, or be somebody else: so these tests need root.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use support::{Hub, copy_program, open_directory};

/// Somebody who is not root.
const STRANGER: u32 = 54_321;

/// A directory for hubs, and the program, where everybody finds it.
struct Install {
    directory: TempDir,
}

impl Install {
    fn new() -> Self {
        let install = Self { directory: open_directory() };
        copy_program(&install.path("sse-hub"));
        install
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// With the hub's directory already there, with this mode.
    fn with_directory(mode: u32) -> Self {
        let install = Self::new();
        fs::create_dir(install.path("hub")).unwrap();
        fs::set_permissions(install.path("hub"), Permissions::from_mode(mode)).unwrap();
        install
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.path("sse-hub"));
        // One that starts against all expectation does not keep the test waiting.
        command.arg(name).args(["--idle-exit", "3", "--socket"]).arg(self.path("hub/hub.sock"));
        command
    }

    /// Runs a command that does not start a hub; what it says.
    #[track_caller]
    fn refusal(&self, command: &mut Command) -> String {
        let output = command.output().unwrap();
        assert!(!output.status.success());
        let log = fs::read(self.path("hub/hub.log")).unwrap_or_default();
        String::from_utf8([output.stderr, log].concat()).unwrap()
    }

    /// Holds that no hub starts here, neither by hand nor for a script, and that both say why.
    #[track_caller]
    fn assert_refused(&self, why: &str) {
        for name in ["serve", "launch"] {
            let said = self.refusal(&mut self.command(name));
            assert!(said.contains(why), "{name}: {said}");
        }
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn no_hub_follows_a_link_in_place_of_its_directory() {
    let install = Install::new();
    fs::create_dir(install.path("elsewhere")).unwrap();
    symlink(install.path("elsewhere"), install.path("hub")).unwrap();
    install.assert_refused("hub: is not a directory: remove it, or have the hub listen elsewhere");
    assert_eq!(names(&install.path("elsewhere")), [""; 0]);
}

#[test]
fn no_hub_listens_in_somebody_elses_directory() {
    let install = Install::with_directory(0o700);
    chown(install.path("hub"), Some(STRANGER), None).unwrap();
    install.assert_refused("hub: belongs to user 54321, and this hub is user 0's");
    assert_eq!(names(&install.path("hub")), [""; 0]);
}

#[test]
fn no_hub_listens_where_others_may_write() {
    for mode in [0o777, 0o1777, 0o770, 0o720, 0o702] {
        let install = Install::with_directory(mode);
        install.assert_refused("hub: others may write to it");
        assert_eq!(names(&install.path("hub")), [""; 0], "{mode:o}");
    }
}

#[test]
fn a_hub_that_can_make_no_directory_says_so() {
    let install = Install::new();
    for name in ["serve", "launch"] {
        let said = install.refusal(install.command(name).uid(STRANGER).gid(STRANGER));
        assert!(said.contains("hub: cannot be created: Permission denied"), "{said}");
    }
}

#[test]
fn a_hub_that_cannot_write_to_its_directory_says_so() {
    let install = Install::with_directory(0o500);
    chown(install.path("hub"), Some(STRANGER), Some(STRANGER)).unwrap();
    for (name, file) in [("serve", "hub.lock"), ("launch", "launch.lock")] {
        let said = install.refusal(install.command(name).uid(STRANGER).gid(STRANGER));
        assert!(
            said.contains(&format!("hub/{file}: cannot be opened: Permission denied")),
            "{said}"
        );
    }
}

#[test]
fn a_link_in_place_of_the_socket_is_neither_followed_nor_removed() {
    let install = Install::with_directory(0o700);
    let elsewhere = UnixListener::bind(install.path("elsewhere.sock")).unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    for target in ["elsewhere.sock", "nowhere.sock"] {
        let link = install.path("hub/hub.sock");
        symlink(install.path(target), &link).unwrap();
        install.assert_refused("hub.sock: is not a socket: remove it");
        assert_eq!(fs::read_link(&link).unwrap(), install.path(target));
        fs::remove_file(link).unwrap();
    }
    assert!(elsewhere.accept().is_err(), "nobody has come");
}

#[test]
fn a_file_in_place_of_the_socket_is_not_removed() {
    let install = Install::with_directory(0o700);
    fs::write(install.path("hub/hub.sock"), "precious").unwrap();
    install.assert_refused("hub.sock: is not a socket: remove it");
    assert_eq!(fs::read_to_string(install.path("hub/hub.sock")).unwrap(), "precious");
}

#[test]
fn a_link_in_place_of_a_file_of_the_hubs_is_not_followed() {
    for (name, file) in [
        ("serve", "hub.lock"),
        ("serve", "last-id"),
        ("launch", "launch.lock"),
        ("launch", "hub.log"),
    ] {
        let install = Install::with_directory(0o700);
        fs::write(install.path("precious"), "precious").unwrap();
        symlink(install.path("precious"), install.path("hub").join(file)).unwrap();
        let output = install.command(name).output().unwrap();
        assert!(!output.status.success(), "{file}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("hub/{file}: ")), "{said}");
        assert_eq!(fs::read_to_string(install.path("precious")).unwrap(), "precious");
    }
}

/// The negative control: there is nothing wrong but what the others of these tests do.
#[test]
fn a_hub_listens_in_a_directory_of_its_own() {
    for mode in [0o700, 0o755] {
        let Install { directory } = Install::with_directory(mode);
        let hub = Hub::start_in(directory, &[]);
        hub.publish(&["a"], "x");
    }
}

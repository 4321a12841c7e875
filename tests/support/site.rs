//! A document root in a temporary directory, and gates that hold its scripts.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::patience::{soon, wait_for_eq};

/// Scripts may call these functions where [`Site::with_prelude`] is prepended.
const PRELUDE: &str = r#"<?php
// Holds the script until the test lets it go on.
function gate(): void
{
    static $gate;
    $gate ??= fopen(__DIR__ . '/gate', 'r');
    fgets($gate);
}

// Tells the test something, even when there is no client left.
function note(string $line): void
{
    file_put_contents(__DIR__ . '/notes', "$line\n", FILE_APPEND);
}
"#;

/// A document root, removed on drop. Whatever user a server runs scripts as, they may write here.
#[derive(Debug)]
pub struct Site(TempDir);

impl Site {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self(world_writable_directory())
    }

    /// With a file: `Site::new().file("index.php", "<?php ...")`.
    #[must_use]
    #[track_caller]
    pub fn file(self, name: &str, contents: impl AsRef<[u8]>) -> Self {
        self.write(name, contents);
        self
    }

    /// With a `prelude.php`, which has `gate()` and `note()`: the script waits at the gate of that name, and
    /// tells the test something, even when there is no client left.
    #[must_use]
    #[track_caller]
    pub fn with_prelude(self) -> Self {
        self.file("prelude.php", PRELUDE)
    }

    /// Writes a file, and the directories on the way to it.
    #[track_caller]
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file stands in a directory")).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Copies a directory of the repository here, under the name that it has there: a server may run as
    /// somebody who cannot read the repository.
    #[track_caller]
    pub fn copy(&self, name: &str) {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for entry in WalkDir::new(repository.join(name)).into_iter().map(Result::unwrap) {
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&repository).unwrap().to_str().unwrap();
                self.write(name, fs::read(entry.path()).unwrap());
            }
        }
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The contents of a file; empty where there is none yet.
    pub fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(name)).unwrap_or_default()).into_owned()
    }

    /// Waits until a script has written `expected` to a file, and nothing else.
    #[track_caller]
    pub fn wait_for_contents(&self, name: &str, expected: &str, deadline: Instant) {
        wait_for_eq(&expected.to_owned(), deadline, || self.read(name));
    }

    /// Waits until scripts have noted these lines and no others.
    #[track_caller]
    pub fn wait_for_notes(&self, lines: &[&str]) {
        let notes: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
        self.wait_for_contents("notes", &notes, soon());
    }

    /// Makes a gate; a script passes it with `fgets(fopen(__DIR__ . '/<name>', 'r'))`.
    #[track_caller]
    pub fn gate(&self, name: &str) -> Gate {
        let path = self.path(name);
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        // Read-write, so that neither side ever waits for the other to open it.
        Gate(OpenOptions::new().read(true).write(true).open(path).unwrap())
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

impl AsRef<Path> for Site {
    fn as_ref(&self) -> &Path {
        self.0.path()
    }
}

/// Holds a script at a certain line until the test lets it go on.
///
/// It counts: a script that comes to it after two releases passes it twice.
#[derive(Debug)]
pub struct Gate(File);

impl Gate {
    /// Lets the script through once, now or when it gets here.
    pub fn release(&self) {
        (&self.0).write_all(b"\n").unwrap();
    }
}

/// A temporary directory that servers running as another user can use, too.
pub(crate) fn world_writable_directory() -> TempDir {
    let directory = tempfile::Builder::new().prefix("sse-").tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o777)).unwrap();
    directory
}

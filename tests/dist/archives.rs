//! What `scripts/dist-pack` makes of builds: its names, its contents, the same bytes each time. The builds are made up.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use server_tests::binary;
use server_tests::site::Site;

use crate::root;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A folder of a release, with builds of two platforms.
struct Release(Site);

impl Release {
    fn new() -> Self {
        let site = Site::new()
            .file("built/x86_64-linux-glibc/sse-hub", "a hub")
            .file("built/arm64-linux-musl/sse-hub", "another hub")
            .file("built/php8.2-x86_64-linux-glibc-nts/sse.so", "8.2")
            .file("built/php8.4-x86_64-linux-glibc-debug-zts/sse.so", "8.4")
            .file("built/php8.4-arm64-linux-musl-nts/sse.so", "8.4, arm64");
        Self(site)
    }

    fn packed(self) -> Self {
        let mut pack = Command::new("scripts/dist-pack");
        pack.args(["zip", "tarball"]).current_dir(root());
        succeed(pack.env("SSE_DIST", self.0.path(".")).env("SOURCE_DATE_EPOCH", "1700000000"));
        self
    }

    /// Each archive, and its bytes.
    fn archives(&self) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.0.path(".")).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.is_file());
        files.map(|path| (name(&path), fs::read(&path).unwrap())).collect()
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

#[track_caller]
fn succeed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

#[test]
fn there_is_an_archive_for_each_php_by_the_name_that_pie_looks_for() {
    let release = Release::new().packed();
    let names: Vec<String> = release.archives().into_keys().collect();
    let expected = [
        "SHA256SUMS".to_owned(),
        format!("php-sse-{VERSION}-arm64-linux-musl.tar.gz"),
        format!("php-sse-{VERSION}-x86_64-linux-glibc.tar.gz"),
        format!("php_sse-{VERSION}_php8.2-x86_64-linux-glibc-nts.zip"),
        format!("php_sse-{VERSION}_php8.4-arm64-linux-musl-nts.zip"),
        format!("php_sse-{VERSION}_php8.4-x86_64-linux-glibc-debug-zts.zip"),
    ];
    assert_eq!(names, expected);
    let zip = format!("php_sse-{VERSION}_php8.4-arm64-linux-musl-nts.zip");
    let listed = succeed(Command::new("unzip").arg("-Z1").arg(release.0.path(&zip)));
    assert_eq!(listed, "sse.so\nsse-hub\nLICENSE\n");
    for (file, contents) in [("sse.so", "8.4, arm64"), ("sse-hub", "another hub")] {
        let said = succeed(Command::new("unzip").arg("-p").arg(release.0.path(&zip)).arg(file));
        assert_eq!(said, contents, "{file}");
    }
    succeed(
        Command::new("sha256sum")
            .args(["--check", "--strict", "SHA256SUMS"])
            .current_dir(release.0.path(".")),
    );
}

#[test]
fn the_same_builds_make_the_same_bytes() {
    let (first, second) = (Release::new().packed().archives(), Release::new().packed().archives());
    assert!(first == second, "{:?}", first.keys());
}

#[test]
fn without_builds_nothing_is_packed() {
    let site = Site::new();
    let mut pack = Command::new("scripts/dist-pack");
    let packed = pack.current_dir(root()).env("SSE_DIST", site.path(".")).output().unwrap();
    let said = String::from_utf8_lossy(&packed.stderr);
    assert!(!packed.status.success() && said.contains("scripts/dist-build first"), "{said}");
}

/// The folder of a tarball, unpacked.
fn unpacked(release: &Release) -> std::path::PathBuf {
    let tarball = format!("php-sse-{VERSION}-x86_64-linux-glibc");
    let archive = release.0.path(&format!("{tarball}.tar.gz"));
    succeed(Command::new("tar").arg("xzf").arg(archive).current_dir(release.0.path(".")));
    release.0.path(&tarball)
}

/// Runs its installer for the PHP under test, into a folder; the files there.
fn install(folder: &Path, into: &Path, options: &[&str]) -> (Output, Vec<String>) {
    let mut install = Command::new(folder.join("install"));
    install.args(options).env("PHP", binary::php()).env("DESTDIR", into);
    let output = install.output().unwrap();
    let files = walkdir::WalkDir::new(into).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = files.filter(|file| file.file_type().is_file());
    (
        output,
        files.map(|file| file.path().strip_prefix(into).unwrap().display().to_string()).collect(),
    )
}

#[test]
fn the_tarball_installs_the_build_for_the_php_that_is_there_and_takes_it_away() {
    let release = Release::new();
    let flavour = "echo 'php', PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION, '-x86_64-linux-glibc', PHP_DEBUG ? '-debug' : '', PHP_ZTS ? '-zts' : '-nts';";
    let flavour = succeed(Command::new(binary::php()).args(["-n", "-r", flavour]));
    release.0.write(&format!("built/{flavour}/sse.so"), "for this one");
    let release = release.packed();
    let (folder, into) = (unpacked(&release), Site::new());
    let (output, files) = install(&folder, &into.path("."), &[]);
    assert!(output.status.success(), "{output:?}");
    let ends = ["/sse.ini", "/sse.so", "bin/sse-hub", "completions/sse-hub", "man1/sse-hub.1"];
    for end in ends.iter().skip(1) {
        assert_eq!(files.iter().filter(|file| file.ends_with(end)).count(), 1, "{end}: {files:?}");
    }
    let extension = files.iter().find(|file| file.ends_with("/sse.so")).unwrap();
    assert_eq!(into.read(extension), "for this one");
    let manual = files.iter().find(|file| file.ends_with("sse-hub.1")).unwrap();
    assert!(
        into.read(manual)
            .contains(&format!(".Dd November 14, 2023\n.Dt SSE-HUB 1\n.Os Sse {VERSION}\n"))
    );
    let (output, files) = install(&folder, &into.path("."), &["--uninstall"]);
    assert!(output.status.success() && files.is_empty(), "{output:?} {files:?}");
}

#[test]
fn a_tarball_without_a_build_for_that_php_names_those_that_it_has() {
    let release = Release(
        Site::new()
            .file("built/x86_64-linux-glibc/sse-hub", "a hub")
            .file("built/php7.0-x86_64-linux-glibc-nts/sse.so", "old"),
    )
    .packed();
    let into = Site::new();
    let (output, files) = install(&unpacked(&release), &into.path("."), &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("there are: php7.0-nts"), "{said}");
    assert_eq!(files, [""; 0]);
}

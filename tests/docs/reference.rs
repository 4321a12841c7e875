//! What pages repeat of other files, which are of record: the stub, the settings, the unit of systemd.

use std::fs;
use std::process::Command;

use server_tests::markdown::blocks;
use server_tests::{binary, extension};

use crate::pages::root;

fn page() -> String {
    fs::read_to_string(root().join("docs/api.md")).unwrap()
}

/// What a PHP without any configuration prints.
#[track_caller]
fn php(arguments: &[&str]) -> String {
    let output = Command::new(binary::php())
        .args(["-n", "-d", "display_errors=stderr"])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_reference_is_what_the_stub_says() {
    let page = page();
    let (_, rest) = page.split_once("<!-- begin: made by scripts/api-reference -->\n").unwrap();
    let (written, _) = rest.split_once("<!-- end -->").unwrap();
    let made = php(&["tests/docs/api-reference.php", "stubs/sse.stub.php"]);
    let different = written.lines().zip(made.lines()).find(|(written, made)| written != made);
    assert_eq!(different, None, "run scripts/api-reference");
    assert_eq!(written, made, "run scripts/api-reference");
}

#[test]
fn the_settings_are_those_of_the_extension() {
    let extension = format!("extension={}", extension::path().display());
    let script = r"foreach (ini_get_all('sse') as $name => $setting) {
        $where = match ($setting['access']) { INI_ALL => 'all', INI_PERDIR, INI_PERDIR | INI_SYSTEM => 'directory', INI_SYSTEM => 'php.ini' };
        echo $name, '|', $setting['global_value'], '|', $where, PHP_EOL;
    }";
    let known = php(&["-d", &extension, "-r", script]);
    let mut known: Vec<&str> = known.lines().collect();
    let page = page();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `sse."));
    let row = |row: &str| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        format!("sse.{}|{}|{}", cells[0].trim_end_matches('`'), cells[1], cells[2])
    };
    let mut written: Vec<String> = rows.map(row).collect();
    known.sort_unstable();
    written.sort_unstable();
    assert_eq!(written, known);
}

#[test]
fn the_unit_on_the_page_is_the_one_that_is_shipped() {
    let unit = fs::read_to_string(root().join("docs/sse-hub.service")).unwrap();
    let page = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let blocks = blocks(&page);
    let shown = blocks.iter().find(|block| block.text.contains("ExecStart=")).unwrap();
    let other = shown.text.lines().find(|line| !unit.lines().any(|of_unit| of_unit == *line));
    assert_eq!(other, None);
}

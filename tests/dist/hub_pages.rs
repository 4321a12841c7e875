//! The man page and the completion of `sse-hub` name what `sse-hub --help` names, no more and no less.

use std::collections::BTreeSet;
use std::process::Command;

use server_tests::extension;

use crate::read;

fn hub(argument: &str) -> String {
    let program = extension::path().with_file_name("sse-hub");
    let output = Command::new(program).arg(argument).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The words of a text behind a mark: `--socket` of `[--socket PATH]`.
fn words_behind<'a>(mark: &str, text: &'a str) -> BTreeSet<&'a str> {
    let is_part = |it: char| it.is_ascii_lowercase() || it == '-';
    let words = text
        .split(mark)
        .skip(1)
        .map(|rest| &rest[..rest.find(|it| !is_part(it)).unwrap_or(rest.len())]);
    words.filter(|word| !word.is_empty()).collect()
}

#[test]
fn the_man_page_names_every_command_and_option() {
    let (help, page) = (hub("--help"), read("packages/sse-hub/sse-hub.1"));
    assert_eq!(words_behind(".It Fl -", &page), words_behind("--", &help));
    assert_eq!(
        words_behind(".It Cm ", &page),
        words_behind("  sse-hub ", &help)
            .into_iter()
            .filter(|word| !word.starts_with('-'))
            .collect()
    );
}

#[test]
fn the_completion_offers_every_command_and_option() {
    let (help, script) = (hub("--help"), read("packages/sse-hub/sse-hub.bash"));
    let offered = |name: &str| {
        let (_, rest) = script.split_once(&format!("{name}='")).unwrap();
        rest.split_once('\'').unwrap().0
    };
    assert_eq!(words_behind("--", offered("options")), words_behind("--", &help));
    let commands: BTreeSet<&str> = offered("commands").split_whitespace().collect();
    let named = words_behind("  sse-hub ", &help);
    assert_eq!(commands, named.into_iter().filter(|word| !word.starts_with('-')).collect());
}

#[test]
fn the_hub_says_its_version() {
    assert_eq!(hub("--version"), format!("sse-hub {}\n", env!("CARGO_PKG_VERSION")));
}

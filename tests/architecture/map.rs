//! Files in documents: the tables of `ARCHITECTURE.md` name each, and those in `CONTRIBUTING.md` exist.

use std::path::{Path, PathBuf};

/// The files that no table of the map names, and those that it names and that are none. A table is about the folder
/// that its head names, or else the heading above it; the first column names files, by their paths in there.
pub(crate) fn differences(map: &str, files: &[&Path]) -> Vec<String> {
    let named = named_files(map);
    let missing = files.iter().filter(|file| !named.iter().any(|named| named == **file));
    let missing = missing.map(|file| format!("{}: the map does not name it", file.display()));
    let gone = named.iter().filter(|file| !files.contains(&file.as_path()));
    missing.chain(gone.map(|file| format!("{}: the map names it", file.display()))).collect()
}

fn named_files(map: &str) -> Vec<PathBuf> {
    let mut folder = PathBuf::new();
    let mut files = Vec::new();
    let lines: Vec<&str> = map.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let is_head = lines.get(number + 1).is_some_and(|next| next.starts_with("|-"));
        if line.starts_with('#') || line.starts_with('|') && is_head {
            if let Some(name) = code_in(line).into_iter().find(|name| is_folder(name)) {
                folder = PathBuf::from(name);
            }
        } else if let Some(row) = line.strip_prefix('|') {
            let first = row.split('|').next().unwrap_or_default();
            files.extend(
                code_in(first)
                    .into_iter()
                    .filter(|name| is_file(name))
                    .map(|name| folder.join(name)),
            );
        }
    }
    files
}

/// A question in a numbered list, with the files and the functions that its answer names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Question<'a> {
    pub(crate) text: &'a str,
    pub(crate) files: Vec<&'a str>,
    pub(crate) functions: Vec<&'a str>,
}

/// The questions below the heading that ends in that word.
pub(crate) fn questions<'a>(text: &'a str, heading: &str) -> Vec<Question<'a>> {
    let sections = text.split("\n## ").skip(1);
    let mut sections = sections.filter_map(|section| section.split_once('\n'));
    let Some((_, section)) = sections.find(|(title, _)| title.ends_with(heading)) else {
        return Vec::new();
    };
    let question = |item: &'a str| {
        let files = code_in(item).into_iter().filter(|name| is_file(name)).collect();
        let functions = code_in(item).into_iter().filter_map(|name| name.strip_suffix("()"));
        let text = item.lines().next().unwrap_or_default();
        Question { text, files, functions: functions.collect() }
    };
    items(section).into_iter().map(question).collect()
}

/// The items of a numbered list.
fn items(text: &str) -> Vec<&str> {
    let is_start =
        |line: &str| line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if is_start(line) {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

/// The paths that a document names as code, from the root of the repository.
pub(crate) fn paths<'a>(text: &'a str, folders: &[&str]) -> Vec<&'a str> {
    let is_path = |name: &&str| {
        let first = name.split_once('/').map(|(first, _)| first);
        first.is_some_and(|first| folders.contains(&first)) && !name.contains(' ')
    };
    code_in(text).into_iter().filter(is_path).collect()
}

/// The text between backticks.
fn code_in(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs") && !name.contains(' ')
}

fn is_folder(name: &str) -> bool {
    name.split('/').any(|part| part == "src") && !name.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "## Code map\n\nThe `src/lib.rs` is short.\n\n\
        | `src/a` | what it is |\n|---|---|\n| `b.rs`, `c/d.rs` | they are, unlike `e.rs` |\n\n\
        ### `crates/x/src`, a crate\n\n| File | |\n|---|---|\n| `lib.rs` | all |\n";

    #[track_caller]
    fn differ(files: &[&str], wrong: &[&str]) {
        let files: Vec<&Path> = files.iter().map(Path::new).collect();
        assert_eq!(differences(MAP, &files), wrong);
    }

    #[test]
    fn a_file_that_the_map_does_not_name_is_found() {
        let all = ["src/a/b.rs", "src/a/c/d.rs", "crates/x/src/lib.rs"];
        differ(&all, &[]);
        for file in ["src/a/e.rs", "src/a/d.rs", "src/lib.rs", "src/b.rs", "src/a/lib.rs"] {
            let wrong = format!("{file}: the map does not name it");
            differ(&[&all[..], &[file]].concat(), &[&wrong]);
        }
    }

    #[test]
    fn a_file_that_the_map_names_and_that_is_none_is_found() {
        differ(&["src/a/c/d.rs", "crates/x/src/lib.rs"], &["src/a/b.rs: the map names it"]);
    }

    #[test]
    fn questions_are_read_with_the_files_of_their_answers() {
        let text = "# A\n\n## Ten questions\n\n1. **Where?** In `src/a.rs`,\n   and `src/b.rs` by `f()`.\n\
            2. **Who?** `src/c.rs`.\n\n## Others\n\n1. `d.rs`\n";
        let first = Question {
            text: "1. **Where?** In `src/a.rs`,",
            files: vec!["src/a.rs", "src/b.rs"],
            functions: vec!["f"],
        };
        let second = Question {
            text: "2. **Who?** `src/c.rs`.",
            files: vec!["src/c.rs"],
            functions: vec![],
        };
        assert_eq!(questions(text, "questions"), [first, second]);
        assert_eq!(questions(text, "answers"), []);
    }

    #[test]
    fn paths_from_the_root_are_found() {
        let text = "`src/a.rs` `a.rs` `tests` `tests/b` src/c.rs `make x` `docs/a b` `scripts/d e`";
        assert_eq!(paths(text, &["src", "tests", "docs"]), ["src/a.rs", "tests/b"]);
    }
}

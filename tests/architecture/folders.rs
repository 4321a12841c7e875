//! Files in folders: none stands beside its own, and the first file of each names the others.

use std::path::Path;

use crate::source::{What, read};

/// Each file that stands beside a folder of its own name: it belongs into that folder, as `mod.rs`.
pub(crate) fn beside_their_folders(paths: &[&Path]) -> Vec<String> {
    let has_folder = |path: &&&Path| {
        let folder = path.with_extension("");
        paths.iter().any(|other| other.starts_with(&folder))
    };
    let misplaced = paths.iter().filter(has_folder);
    misplaced
        .map(|path| format!("{}: belongs into its folder, as mod.rs", path.display()))
        .collect()
}

/// The files of a folder or of a crate, `tests.rs` left out, that its first file does not name in the list below
/// `# Layout`.
pub(crate) fn not_in_layout(path: &Path, code: &str) -> Vec<String> {
    if !["mod.rs", "lib.rs", "main.rs"].iter().any(|name| path.ends_with(name)) {
        return Vec::new();
    }
    let layout = layout(code);
    let names = layout.split('`').skip(1).step_by(2);
    let names: Vec<&str> =
        names.map(|name| name.trim_end_matches(".rs").trim_end_matches('/')).collect();
    let missing = read(path, code).into_iter().filter_map(|found| match found.what {
        What::ModuleFile(name) if name != "tests" && !names.contains(&name.as_str()) => {
            Some((found.line, name))
        }
        _ => None,
    });
    missing
        .map(|(line, name)| format!("{}:{line}: its # Layout names no `{name}`", path.display()))
        .collect()
}

/// The docs of a file from `# Layout` on.
fn layout(code: &str) -> String {
    let docs = code.lines().map_while(|line| line.strip_prefix("//!"));
    docs.skip_while(|line| line.trim() != "# Layout").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beside_its_folder_is_found() {
        let paths = ["src/a.rs", "src/a/b.rs", "src/ab.rs", "src/c/mod.rs"].map(Path::new);
        assert_eq!(beside_their_folders(&paths), ["src/a.rs: belongs into its folder, as mod.rs"]);
        assert_eq!(beside_their_folders(&paths[1..]), [""; 0]);
    }

    #[test]
    fn a_file_that_the_layout_does_not_name_is_found() {
        let path = Path::new("src/a/mod.rs");
        for docs in [
            "",
            "//! It is `b`.\n",
            "//! # Layout\n//! - `bb`: not b\n",
            "//! # Layout\n\n// `b`\n",
        ] {
            let line = docs.lines().count() + 1;
            let wrong = format!("src/a/mod.rs:{line}: its # Layout names no `b`");
            assert_eq!(not_in_layout(path, &format!("{docs}mod b;")), [wrong]);
        }
        for name in ["`b`", "`b.rs`", "`b/`", "[`b`]", "`c`, `b`"] {
            let code = format!("//! A.\n//!\n//! # Layout\n//! - {name}: it\n\npub(crate) mod b;");
            assert_eq!(not_in_layout(path, &code), [""; 0]);
        }
        let tests = "#[cfg(test)]\nmod tests;\nmod inner { }";
        assert_eq!(not_in_layout(path, tests), [""; 0]);
        assert_eq!(not_in_layout(Path::new("src/a.rs"), "mod b;"), [""; 0]);
    }
}

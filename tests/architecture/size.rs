//! Limits the length of files and functions. A function may be longer where the reason stands above it, in a comment
//! of its own: `// Long: one table.`

use std::path::Path;

use crate::source::{What, read};

const LINES_OF_A_FILE: usize = 350;
const LINES_OF_A_FUNCTION: usize = 40;

/// Everything in a file that is too long.
pub(crate) fn too_long(path: &Path, code: &str) -> Vec<String> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    if lines.len() > LINES_OF_A_FILE {
        found.push(format!(
            "{}: it has {} lines, more than {LINES_OF_A_FILE}",
            path.display(),
            lines.len()
        ));
    }
    for item in read(path, code) {
        if let What::Function { name, lines: length } = item.what
            && length > LINES_OF_A_FUNCTION
            && !has_reason(&lines[..item.line - 1])
        {
            found.push(format!(
                "{}:{}: {name} has {length} lines, more than {LINES_OF_A_FUNCTION}, and no `// Long: ` above it",
                path.display(),
                item.line
            ));
        }
    }
    found
}

/// True if the comments and attributes at the end of these lines say why what follows is long.
fn has_reason(lines: &[&str]) -> bool {
    let above = lines.iter().rev().map(|line| line.trim());
    let mut above = above.take_while(|line| line.starts_with("//") || line.starts_with("#["));
    above.any(|line| line.strip_prefix("// Long: ").is_some_and(|reason| !reason.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(before: &str, lines: usize) -> String {
        format!("{before}fn long() {{\n{}}}\n", "    f();\n".repeat(lines - 2))
    }

    #[track_caller]
    fn is_too_long(code: &str, line: usize) {
        let found = too_long(Path::new("src/a.rs"), code);
        let wrong = format!(
            "src/a.rs:{line}: long has 41 lines, more than 40, and no `// Long: ` above it"
        );
        assert_eq!(found, [wrong]);
    }

    #[track_caller]
    fn is_short(code: &str) {
        assert_eq!(too_long(Path::new("src/a.rs"), code), [""; 0]);
    }

    #[test]
    fn a_long_file_is_found() {
        let found = too_long(Path::new("src/a.rs"), &"// A line.\n".repeat(351));
        assert_eq!(found, ["src/a.rs: it has 351 lines, more than 350"]);
        is_short(&"// A line.\n".repeat(350));
    }

    #[test]
    fn a_long_function_without_a_reason_is_found() {
        is_too_long(&function("", 41), 1);
        is_too_long(&function("/// Long: in docs.\n", 41), 2);
        is_too_long(&function("// Long: of another.\nfn g() {}\n", 41), 3);
        is_too_long(&function("// Long:\n", 41), 2);
        is_too_long(&format!("impl A {{\n{}}}", function("pub(crate) const unsafe ", 41)), 2);
        is_too_long(&format!("mod tests {{\n{}}}", function("#[test]\n", 41)), 3);
    }

    #[test]
    fn a_function_that_is_short_or_has_a_reason_is_not_found() {
        is_short(&function("", 40));
        is_short(&function("// Long: one table.\n", 41));
        is_short(&function("/// It does.\n// Long: one table.\n#[inline]\n", 41));
        is_short(&function("// Long: one table.\n/// It does.\n", 41));
        is_short(&format!("trait A {{ fn long(); }}\nmod b {{\n{}}}", "use a;\n".repeat(41)));
    }
}

//! What a terminal prints, beside what the page shows of it.

/// A line that stands for any number of lines, and text in a line that stands for any other.
const ANYTHING: &str = "...";

/// The number of bytes at the beginning of `printed` that match `shown`, blank lines around it left out; `None` if
/// it does not match, or not yet.
///
/// `...` in a line matches anything, and alone in it any lines; a run of ten or more digits any other such run, as in
/// ids; `12:00:00` any other time.
pub(crate) fn matching_prefix(shown: &str, printed: &str) -> Option<usize> {
    let shown: Vec<&str> = shown.trim().lines().collect();
    let blank = printed.len() - printed.trim_start_matches(['\r', '\n']).len();
    let mut ends = vec![blank];
    let mut lines = Vec::new();
    // A line that is still being written is none.
    for line in printed[blank..].split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        ends.push(ends[ends.len() - 1] + line.len());
        lines.push(line.trim_end());
    }
    let count = (0..=lines.len()).find(|&count| lines_match(&shown, &lines[..count]))?;
    Some(ends[count])
}

/// True if all that was printed matches.
pub(crate) fn matches(shown: &str, printed: &str) -> bool {
    let shown: Vec<&str> = shown.trim().lines().collect();
    let printed: Vec<&str> = printed.trim().lines().map(str::trim_end).collect();
    lines_match(&shown, &printed)
}

/// What a page shows, and what came.
pub(crate) fn differ(shown: &str, printed: &str) -> String {
    format!("the page shows\n----\n{shown}----\nand there came\n----\n{printed}----")
}

fn lines_match(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first.trim() == ANYTHING => {
            (0..=printed.len()).any(|from| lines_match(rest, &printed[from..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, lines)| line_matches(first, line) && lines_match(rest, lines)),
    }
}

fn line_matches(shown: &str, printed: &str) -> bool {
    let (shown, printed) = (shape(shown.trim_end()), shape(printed.trim_end()));
    let Some((first, others)) = shown.split_once(ANYTHING) else { return shown == printed };
    let Some(mut rest) = printed.strip_prefix(first) else { return false };
    let (between, last) = others.rsplit_once(ANYTHING).map_or(("", others), |(a, b)| (a, b));
    for part in between.split(ANYTHING) {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A line in which all ids look the same, and all times.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(|char: char| char.is_ascii_digit()) {
        shape += &rest[..start];
        rest = &rest[start..];
        let is_end = |char: char| !char.is_ascii_digit() && !":-".contains(char);
        let end = rest.find(is_end).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let is_time = run.len() == 8 && run.split(':').all(|part| part.len() == 2);
        // `1795912998123-0` is an id.
        let first = run.split('-').next().unwrap_or_default();
        let is_long =
            first.len() >= 10 && run.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        shape += match (is_time, is_long) {
            (true, _) => "<time>",
            (_, true) => "<digits>",
            _ => run,
        };
        rest = after;
    }
    shape + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_each_time_matches() {
        let shown = "id: 1795912998123-0\ndata: 12:00:00\n";
        assert!(matches(shown, "id: 1795999999999-17\r\ndata: 23:59:59\r\n\n"));
        for other in ["id: 1795999999999-0\ndata: 23:59\n", "id: 17-0\ndata: 23:59:59\n"] {
            assert!(!matches(shown, other), "{other}");
        }
        assert!(matches(
            "... PHP 8... (http://127.0.0.1:1) ...",
            "[1] PHP 8.2 (http://127.0.0.1:1) started"
        ));
        assert!(!matches("... PHP 8... started", "[1] PHP 7.4 started"));
        assert!(matches("a\n...\nb\n", "a\nx\ny\nb\n"));
        assert!(!matches("a\n...\nb\n", "a\nx\ny\nb\nc\n"));
    }

    #[test]
    fn a_prefix_is_taken_as_soon_as_it_is_whole() {
        assert_eq!(matching_prefix("a\n\nb\n", "a\n\nb"), None);
        assert_eq!(matching_prefix("a\n\nb\n", "\na\n\nb\n\nc\n"), Some(6));
        assert_eq!(matching_prefix("...\nb\n", "a\na\nb\nb\n"), Some(6));
        assert_eq!(matching_prefix("b\n", "a\nb\n"), None);
    }
}

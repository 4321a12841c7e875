//! Adds a member to a header value that is a list, such as `no-store, private="a, b"`.

/// Joins several lines of one header to one list and appends this member; `None` if it has the member already, in
/// whatever case.
///
/// Source: RFC 9110, 5.3 and 5.6.1.
#[must_use]
pub fn including<T: AsRef<str>>(lines: &[T], member: &str) -> Option<String> {
    let lines = || lines.iter().map(|line| line.as_ref().trim());
    if lines().flat_map(members).any(|own| own.eq_ignore_ascii_case(member)) {
        return None;
    }
    let given = lines().filter(|line| !line.is_empty());
    Some(given.chain([member]).collect::<Vec<_>>().join(", "))
}

/// Splits a list into its members. A comma in a quoted string separates none.
fn members(list: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let ends_one = move |character| {
        let escapes = is_quoted && !is_escaped && character == '\\';
        is_quoted ^= character == '"' && !is_escaped;
        is_escaped = escapes;
        character == ',' && !is_quoted
    };
    list.split(ends_one).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_appended_once() {
        for (lines, list) in [
            (&[][..], Some("no-transform")),
            (&["", " "], Some("no-transform")),
            (&["no-cache"], Some("no-cache, no-transform")),
            (
                &["private, no-cache", "max-age=0"],
                Some("private, no-cache, max-age=0, no-transform"),
            ),
            (&["no-cache", "No-Transform , private"], None),
            (&["no-transform-at-all"], Some("no-transform-at-all, no-transform")),
        ] {
            assert_eq!(including(lines, "no-transform").as_deref(), list, "{lines:?}");
        }
    }

    #[test]
    fn what_is_quoted_is_no_member() {
        for quoted in [r#"private="a, no-transform, b""#, r#"x="\", no-transform, \\", y"#] {
            let list = format!("{quoted}, no-transform");
            assert_eq!(including(&[quoted], "no-transform"), Some(list.clone()));
            assert_eq!(including(&[list], "no-transform"), None);
        }
    }
}

//! Tells in words when the hub is of another release than this extension, and what to do.

use std::cmp::Ordering;

/// The release of this extension.
pub(super) const OURS: &str = env!("CARGO_PKG_VERSION");

/// Reads the hub's release from its report; empty if the report does not say.
pub(super) fn of_report(report: &str) -> &str {
    let text = report.split_once(r#""version":""#).map_or("", |(_, rest)| rest);
    let end = text.find(|it: char| !it.is_ascii_alphanumeric() && !".+-".contains(it));
    &text[..end.unwrap_or(text.len())]
}

/// Says that the hub is of another release, and what to do; `None` if it is of ours.
pub(super) fn difference(hub: &str, ours: &str) -> Option<String> {
    let remedy = match number(hub).cmp(&number(ours)) {
        Ordering::Greater => {
            "PHP still runs an older one, or an older one is installed: restart it, and install the other half of the release"
        }
        _ if hub == ours => return None,
        _ => "`sse-hub upgrade` has it go on as the program that is installed, with every stream",
    };
    let hub = if hub.is_empty() { "unknown" } else { hub };
    Some(format!("the hub is of release {hub}, this extension of {ours}; {remedy}"))
}

/// The numbers of a version, to be compared: `[0, 10, 2]`.
fn number(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map(|part| part.parse().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_of_a_hub_is_in_its_report() {
        for (report, expected) in [
            (r#"{"redis":{},"version":"0.10.2-rc.1+x"}"#, "0.10.2-rc.1+x"),
            (r#"{"version":"1\"}"#, "1"),
            (r#"{"version":"0.1"#, "0.1"),
            (r#"{"running":true}"#, ""),
        ] {
            assert_eq!(of_report(report), expected, "{report}");
        }
    }

    #[test]
    fn a_difference_says_which_half_is_behind() {
        assert_eq!(difference("0.9.1", "0.9.1"), None);
        for older in ["0.9.1", "0.9", "", "0.10.0-rc.1"] {
            let words = difference(older, "0.10.0").unwrap();
            assert!(words.contains("`sse-hub upgrade`"), "{older}: {words}");
        }
        for newer in ["0.10.0", "1.0", "0.9.1.1"] {
            let words = difference(newer, "0.9.1").unwrap();
            assert!(words.contains(newer) && words.contains("restart it"), "{words}");
        }
    }
}

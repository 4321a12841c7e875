//! CORS: the headers that let pages of other origins read a stream, and answer a preflight.

use super::header::{Header, Rule, is_token};
use super::origin::{AllowOrigin, Grant};

/// Returns the headers that let a page of another origin read the stream, if it may.
pub(super) fn origin_headers(allow_origin: &AllowOrigin, origin: Option<&str>) -> Vec<Header> {
    let mut headers = Vec::new();
    if !allow_origin.is_same_for_all() {
        headers.push(Header::new("Vary", "Origin", Rule::Include));
    }
    let grant = origin.map_or(Grant::None, |origin| allow_origin.grant(origin));
    match (grant, origin) {
        (Grant::Credentials, Some(origin)) => {
            headers.push(Header {
                name: "Access-Control-Allow-Origin".into(),
                value: origin.to_owned().into(),
                rule: Rule::Default,
            });
            let credentials =
                Header::new("Access-Control-Allow-Credentials", "true", Rule::Default);
            headers.push(credentials);
        }
        (Grant::Anonymous, _) => {
            headers.push(Header::new("Access-Control-Allow-Origin", "*", Rule::Default));
        }
        _ => {}
    }
    headers
}

/// The headers of a preflight request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Preflight<'a> {
    /// The origin of the page.
    pub origin: Option<&'a str>,
    /// The value of `Access-Control-Request-Headers`.
    pub headers: Option<&'a str>,
}

/// The headers that answer an OPTIONS request.
///
/// A page that may read the stream may also send `Last-Event-ID`, which needs permission when the id is long or has
/// unusual characters, and any other header that it asks for.
///
/// Source: WHATWG Fetch, 3.2.2 and 3.2.3.
#[must_use]
pub fn preflight_headers(allow_origin: &AllowOrigin, preflight: Preflight<'_>) -> Vec<Header> {
    let mut headers = vec![Header::new("Allow", "GET, HEAD, POST, OPTIONS", Rule::Replace)];
    let granted = origin_headers(allow_origin, preflight.origin);
    let may_read = granted.iter().any(|header| header.name == "Access-Control-Allow-Origin");
    headers.extend(granted);
    if may_read {
        headers.push(Header::new("Access-Control-Allow-Methods", "GET, HEAD, POST", Rule::Default));
        headers.push(Header {
            name: "Access-Control-Allow-Headers".into(),
            value: allowed_request_headers(preflight.headers.unwrap_or_default()).into(),
            rule: Rule::Default,
        });
        headers.push(Header::new("Access-Control-Max-Age", "600", Rule::Default));
    }
    headers
}

/// Lists `Last-Event-ID`, and the requested names that are valid.
fn allowed_request_headers(asked_for: &str) -> String {
    asked_for
        .split(',')
        .map(str::trim)
        .filter(|name| is_token(name) && !name.eq_ignore_ascii_case("Last-Event-ID"))
        .fold("Last-Event-ID".to_owned(), |list, name| list + ", " + name)
}

#[cfg(test)]
mod tests {
    use super::super::response::tests::{example, lines};
    use super::*;

    #[test]
    fn a_preflight_allows_last_event_id_and_what_was_asked_for() {
        let preflight = Preflight {
            origin: Some("https://example.org"),
            headers: Some("last-event-id, authorization,not a token"),
        };
        assert_eq!(
            lines(&preflight_headers(&example(), preflight)),
            [
                "Allow: GET, HEAD, POST, OPTIONS",
                "Vary: Origin",
                "Access-Control-Allow-Origin: https://example.org",
                "Access-Control-Allow-Credentials: true",
                "Access-Control-Allow-Methods: GET, HEAD, POST",
                "Access-Control-Allow-Headers: Last-Event-ID, authorization",
                "Access-Control-Max-Age: 600",
            ]
        );
    }

    #[test]
    fn a_preflight_from_a_foreign_origin_is_granted_nothing() {
        let preflight = Preflight { origin: Some("https://evil.test"), headers: None };
        assert_eq!(
            lines(&preflight_headers(&example(), preflight)),
            ["Allow: GET, HEAD, POST, OPTIONS", "Vary: Origin"]
        );
    }
}

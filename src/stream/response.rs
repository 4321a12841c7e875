//! The response head of an event stream: its headers, and how they merge with the script's own.

use super::cors::origin_headers;
use super::header::{Header, Rule};
use super::list::including;
use super::origin::AllowOrigin;

const CONTENT_TYPE: Header =
    Header::new("Content-Type", "text/event-stream;charset=UTF-8", Rule::Replace);

/// The headers of an event stream, to be set in this order after the script's own `custom` ones.
///
/// `keep_alive` is for a server that speaks HTTP/1.1: the header is not allowed in HTTP/2 and above.
#[must_use]
pub fn stream_headers(
    allow_origin: &AllowOrigin,
    origin: Option<&str>,
    keep_alive: bool,
) -> Vec<Header> {
    let not_stored = Header::new("Cache-Control", "no-store, no-transform", Rule::Default);
    let mut headers = vec![CONTENT_TYPE, not_stored];
    headers.extend(proxy_headers());
    if keep_alive {
        headers.push(Header::new("Connection", "keep-alive", Rule::Default));
    }
    headers.extend(origin_headers(allow_origin, origin));
    headers
}

/// The headers for proxies in the head of every stream, whoever opens it: they ask nginx, and proxies that know
/// `Incremental`, not to buffer it, and all proxies not to compress it, which delays it as much.
///
/// Source: RFC 9111, 5.2.2.6 (`no-transform`); draft-ietf-httpbis-incremental.
#[must_use]
pub fn proxy_headers() -> [Header; 3] {
    [
        Header::new("X-Accel-Buffering", "no", Rule::Default),
        Header::new("Incremental", "?1", Rule::Default),
        Header::new("Cache-Control", "no-transform", Rule::Include),
    ]
}

/// The headers to set in the head of a stream of ours after all others have been set. `is_stream` is true if its
/// content type still is the right one.
#[must_use]
pub fn last_headers(is_stream: bool) -> Vec<Header> {
    let content_type = (!is_stream).then_some(CONTENT_TYPE);
    content_type.into_iter().chain(proxy_headers()).collect()
}

/// True if a `Content-Encoding` leaves the body as it is: `identity`, or a value that scripts use to switch off
/// compression.
#[must_use]
pub fn is_no_coding(coding: &str) -> bool {
    ["", "identity", "none", "utf-8", "utf8"].iter().any(|none| none.eq_ignore_ascii_case(coding))
}

/// True if this is a `Cache-Control` of the session module (`session.cache_limiter`), and so not the script's own.
/// `expire` is `session.cache_expire`, in minutes.
#[must_use]
pub fn is_session_cache_limiter(cache_control: &str, expire: i64) -> bool {
    let seconds = expire.saturating_mul(60);
    cache_control == "no-store, no-cache, must-revalidate"
        || ["public", "private"]
            .iter()
            .any(|scope| cache_control == format!("{scope}, max-age={seconds}"))
}

/// Returns the headers to send beside those that are `given` already. If an allowed origin is given, none of our CORS
/// headers is sent: credentials must never go with an origin that is not ours.
#[must_use]
pub fn without_rivals(headers: Vec<Header>, given: impl Fn(&str) -> bool) -> Vec<Header> {
    let origin_is_given = given("Access-Control-Allow-Origin");
    let rivals = |header: &Header| {
        let is_about_origin = header.name.starts_with("Access-Control-");
        (header.rule == Rule::Default && given(&header.name))
            || (origin_is_given && is_about_origin)
    };
    headers.into_iter().filter(|header| !rivals(header)).collect()
}

/// Merges both lists so that no name occurs twice: `custom` wins, and takes up our members of lists.
#[must_use]
pub fn merged(headers: Vec<Header>, mut custom: Vec<Header>) -> Vec<Header> {
    let is = |name: &str| {
        let name = name.to_owned();
        move |header: &Header| header.name.eq_ignore_ascii_case(&name)
    };
    let ours = without_rivals(headers, |name| custom.iter().any(is(name)));
    let mut all: Vec<Header> = Vec::new();
    for own in ours {
        let given = custom.iter_mut().chain(&mut all).find(|header| is(&own.name)(header));
        match (given, own.rule) {
            (None, _) => all.push(own),
            (Some(given), Rule::Include) => {
                if let Some(list) = including(&[&given.value], &own.value) {
                    given.value = list.into();
                }
            }
            (Some(_), _) => {}
        }
    }
    all.extend(custom);
    all
}

/// The headers of a 503 for a client that may retry after so many seconds.
///
/// Source: RFC 9110, 10.2.3 and 15.6.4.
#[must_use]
pub fn unavailable_headers(retry_after: u64) -> Vec<Header> {
    let retry_after = retry_after.to_string().into();
    vec![
        Header::new("Content-Type", "text/plain; charset=utf-8", Rule::Replace),
        Header { value: retry_after, ..Header::new("Retry-After", "", Rule::Replace) },
        Header::new("Cache-Control", "no-store", Rule::Replace),
    ]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::stream) fn lines(headers: &[Header]) -> Vec<String> {
        headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect()
    }

    pub(in crate::stream) fn example() -> AllowOrigin {
        AllowOrigin::from_list("https://example.org").unwrap()
    }

    #[test]
    fn a_stream_is_neither_stored_nor_transformed_nor_buffered() {
        assert_eq!(
            lines(&stream_headers(&AllowOrigin::default(), None, false)),
            [
                "Content-Type: text/event-stream;charset=UTF-8",
                "Cache-Control: no-store, no-transform",
                "X-Accel-Buffering: no",
                "Incremental: ?1",
                "Cache-Control: no-transform",
            ]
        );
    }

    #[test]
    fn connection_is_set_on_http_1_1_only() {
        let has_connection = |keep_alive| {
            lines(&stream_headers(&AllowOrigin::default(), None, keep_alive))
                .contains(&"Connection: keep-alive".to_owned())
        };
        assert!(has_connection(true));
        assert!(!has_connection(false));
    }

    #[test]
    fn a_listed_origin_may_read_with_credentials() {
        assert_eq!(
            lines(&stream_headers(&example(), Some("https://example.org"), false))[5..],
            [
                "Vary: Origin",
                "Access-Control-Allow-Origin: https://example.org",
                "Access-Control-Allow-Credentials: true",
            ]
        );
    }

    #[test]
    fn a_foreign_origin_gets_nothing_but_caches_are_told() {
        for origin in [Some("https://evil.test"), None] {
            assert_eq!(lines(&stream_headers(&example(), origin, false))[5..], ["Vary: Origin"]);
        }
    }

    #[test]
    fn the_wildcard_never_goes_with_credentials() {
        let everybody = AllowOrigin::from_list("*").unwrap();
        assert_eq!(
            lines(&stream_headers(&everybody, Some("https://any.test"), false))[5..],
            ["Access-Control-Allow-Origin: *"]
        );
    }

    #[test]
    fn credentials_never_go_with_an_origin_that_somebody_else_named() {
        let ours = stream_headers(&example(), Some("https://example.org"), false);
        let given = |name: &str| name.eq_ignore_ascii_case("Access-Control-Allow-Origin");
        assert_eq!(lines(&without_rivals(ours, given))[5..], ["Vary: Origin"]);
    }

    #[test]
    fn a_body_is_coded_unless_the_coding_is_none() {
        for none in ["", "identity", "Identity", "none", "NONE", "UTF-8"] {
            assert!(is_no_coding(none), "{none}");
        }
        for coding in ["gzip", "br", "deflate", "zstd", "x-own", "none, gzip"] {
            assert!(!is_no_coding(coding), "{coding}");
        }
    }

    #[test]
    fn the_session_module_is_known_by_its_words() {
        for words in [
            "no-store, no-cache, must-revalidate",
            "public, max-age=10800",
            "private, max-age=10800",
        ] {
            assert!(is_session_cache_limiter(words, 180), "{words}");
        }
        for words in
            ["no-cache", "private", "private, max-age=60", "public, max-age=10800, immutable"]
        {
            assert!(!is_session_cache_limiter(words, 180), "{words}");
        }
    }

    #[test]
    fn a_merged_list_has_every_name_once() {
        let ours = stream_headers(&example(), Some("https://example.org"), false);
        let custom = [("vary", "Accept"), ("Cache-Control", "no-cache"), ("X-Own", "1")];
        let custom = custom.map(|(name, value)| Header::custom(name, value).unwrap());
        assert_eq!(
            lines(&merged(ours, custom.to_vec())),
            [
                "Content-Type: text/event-stream;charset=UTF-8",
                "X-Accel-Buffering: no",
                "Incremental: ?1",
                "Access-Control-Allow-Origin: https://example.org",
                "Access-Control-Allow-Credentials: true",
                "vary: Accept, Origin",
                "Cache-Control: no-cache, no-transform",
                "X-Own: 1",
            ]
        );
    }

    #[test]
    fn what_the_script_has_set_stays() {
        let ours = stream_headers(&AllowOrigin::default(), None, false);
        let given = |name: &str| name == "Cache-Control" || name == "Content-Type";
        assert_eq!(
            lines(&without_rivals(ours, given)),
            [
                "Content-Type: text/event-stream;charset=UTF-8",
                "X-Accel-Buffering: no",
                "Incremental: ?1",
                "Cache-Control: no-transform",
            ]
        );
    }
}

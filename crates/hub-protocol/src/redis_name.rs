//! Spells the Redis that a URL names, without credentials, so that URLs can be compared.

/// Returns the Redis, its database and the stream in one spelling for all URLs that name them, without user and
/// password. For a text that is no URL, it returns some name.
#[must_use]
pub fn redis_name(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (location, query) = rest.split_once('?').unwrap_or((rest, ""));
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
    };
    let stream = value("stream").unwrap_or("sse");
    let scheme = scheme.to_ascii_lowercase().replace("valkey", "redis");
    if scheme.ends_with("unix") {
        let database = value("db").unwrap_or("0");
        return format!("unix://{location}?db={database}&stream={stream}");
    }
    let (authority, database) = location.split_once('/').unwrap_or((location, ""));
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let hosts: Vec<String> = hosts.split(',').map(|host| spelled(host, &scheme)).collect();
    let database = Some(database.trim_matches('/')).filter(|it| !it.is_empty()).unwrap_or("0");
    format!("{scheme}://{}/{database}?stream={stream}", hosts.join(","))
}

/// Spells a host and its port in one way.
fn spelled(host: &str, scheme: &str) -> String {
    let host = host.to_ascii_lowercase();
    let name_ends = host.rfind(']').map_or(0, |bracket| bracket + 1);
    let colon = host[name_ends..].find(':').map(|colon| name_ends + colon);
    let (name, port) = colon.map_or((host.as_str(), ""), |at| (&host[..at], &host[at + 1..]));
    let usual = if scheme.contains("sentinel") { "26379" } else { "6379" };
    let port = if port.is_empty() { usual } else { port };
    let name = if matches!(name, "127.0.0.1" | "[::1]") { "localhost" } else { name };
    format!("{name}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_redis_has_one_name_however_it_is_written() {
        for url in [
            "redis://localhost",
            "redis://me:sec%2Fret@LOCALHOST:6379/",
            "redis://:secret@127.0.0.1:6379/0?maxlen=5000",
            "redis://[::1]?stream=sse",
            "valkey://se@cret@localhost",
        ] {
            assert_eq!(redis_name(url), "redis://localhost:6379/0?stream=sse", "{url}");
        }
        for url in ["unix:///run/redis.sock?pass=secret", "redis+unix:///run/redis.sock?db=0"] {
            assert_eq!(redis_name(url), "unix:///run/redis.sock?db=0&stream=sse", "{url}");
        }
    }

    #[test]
    fn another_server_database_stream_or_protocol_is_another_redis() {
        let urls = [
            "redis://localhost",
            "redis://redis.internal",
            "redis://localhost:6380",
            "redis://localhost/1",
            "redis://localhost?stream=events",
            "rediss://localhost",
            "unix:///run/redis.sock",
            "unix:///run/redis.sock?db=1",
            "redis+sentinel://a,b/main",
        ];
        let names: std::collections::HashSet<_> = urls.iter().map(|url| redis_name(url)).collect();
        assert_eq!(names.len(), urls.len(), "{names:?}");
    }

    #[test]
    fn no_name_holds_a_password() {
        for url in [
            "rediss://me:secret@host:7000/3?stream=a",
            "redis://:secret@host",
            "unix:///run/redis.sock?user=me&pass=secret",
        ] {
            assert!(!redis_name(url).contains("secret"), "{url}");
        }
    }
}

//! Answers an HTTP request for `/metrics`.

use httparse::{EMPTY_HEADER, Request};

/// The most header fields that a request may have.
const FIELDS: usize = 64;

/// Returns the response to the bytes received so far; `None` while the request is not complete.
pub(crate) fn to(received: &[u8], longest: usize, text: &str) -> Option<Vec<u8>> {
    let mut fields = [EMPTY_HEADER; FIELDS];
    let mut request = Request::new(&mut fields);
    match request.parse(received) {
        Ok(status) if status.is_complete() => Some(to_request(&request, text)),
        Ok(_) if received.len() <= longest => None,
        Ok(_) => Some(failure("431 Request Header Fields Too Large", "")),
        Err(httparse::Error::TooManyHeaders) => {
            Some(failure("431 Request Header Fields Too Large", ""))
        }
        Err(_) => Some(failure("400 Bad Request", "")),
    }
}

fn to_request(request: &Request<'_, '_>, text: &str) -> Vec<u8> {
    let path = request.path.unwrap_or_default().split('?').next();
    match (request.method, path) {
        (_, path) if path != Some("/metrics") => failure("404 Not Found", ""),
        (Some("GET"), _) => response("200 OK", "", text, true),
        (Some("HEAD"), _) => response("200 OK", "", text, false),
        _ => failure("405 Method Not Allowed", "Allow: GET, HEAD\r\n"),
    }
}

fn failure(status: &str, field: &str) -> Vec<u8> {
    response(status, field, &format!("{status}; the metrics are at /metrics\n"), true)
}

fn response(status: &str, field: &str, body: &str, with_body: bool) -> Vec<u8> {
    let length = body.len();
    let body = if with_body { body } else { "" };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\n{field}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(received: &str) -> Option<String> {
        let answer = String::from_utf8(to(received.as_bytes(), 100, "text\n")?).unwrap();
        Some(answer.split(' ').nth(1).unwrap().to_owned())
    }

    #[test]
    fn each_request_gets_the_status_that_it_should() {
        for (received, expected) in [
            ("GET /metrics HTTP/1.1\r\nHost: hub\r\n\r\n", "200"),
            ("GET /metrics HTTP/1.0\r\n\r\n", "200"),
            ("GET /metrics?x=1 HTTP/1.1\r\n\r\n", "200"),
            ("HEAD /metrics HTTP/1.1\r\n\r\n", "200"),
            ("GET / HTTP/1.1\r\n\r\n", "404"),
            ("POST /metrics HTTP/1.1\r\n\r\n", "405"),
            ("\x16\x03\x01 hello", "400"),
        ] {
            assert_eq!(status(received).as_deref(), Some(expected), "{received:?}");
        }
        let long = format!("GET /metrics HTTP/1.1\r\nX: {}", "x".repeat(100));
        assert_eq!(status(&long).as_deref(), Some("431"));
        let many = format!("GET /metrics HTTP/1.1\r\n{}\r\n", "X: x\r\n".repeat(65));
        assert_eq!(status(&many).as_deref(), Some("431"));
        assert_eq!(status("GET /metrics HTTP/1.1\r\nHost: h"), None, "there is more to come");
    }

    #[test]
    fn who_asks_for_the_head_gets_no_body() {
        let answer = to(b"HEAD /metrics HTTP/1.1\r\n\r\n", 100, "text\n").unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(
            answer.contains("Content-Length: 5\r\n") && answer.ends_with("\r\n\r\n"),
            "{answer}"
        );
    }
}

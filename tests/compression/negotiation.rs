//! Which coding a response has: as the client asks, the script offers, and HTTP allows.

use std::io::Write;

use server_tests::content_coding::{Coding, Decoded};
use server_tests::http::{Request, Response};
use server_tests::patience::soon;
use server_tests::reader::{End, Reader};

use crate::scene::{Scene, ends, request};
use crate::server::Kind;

/// Sends an event, and ends; the query has the options of `start()`.
const STREAM: &str = "<?php
    $options = json_decode($_GET['options'] ?? '{}', true);
    $sse = Sse::start(...$options);
    $sse->send('x');";
const BODY: &[u8] = b":\ndata: x\n\n";

/// A field `Accept-Encoding`, and the coding of the response where all are offered.
const FIELDS: [(&str, Option<Coding>); 25] = [
    ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
    ("gzip, deflate, br", Some(Coding::Gzip)),
    ("deflate, br", Some(Coding::Brotli)),
    ("gzip, deflate", Some(Coding::Gzip)),
    ("deflate", Some(Coding::Deflate)),
    ("DEFLATE", Some(Coding::Deflate)),
    ("gzip;q=0.5, deflate;q=0.9", Some(Coding::Deflate)),
    ("br;q=0.001, zstd;q=0", Some(Coding::Brotli)),
    ("zstd;q=0, *", Some(Coding::Gzip)),
    ("*", Some(Coding::Zstd)),
    ("*;q=0", None),
    ("*;q=0, gzip;q=0.1", Some(Coding::Gzip)),
    ("identity", None),
    ("identity;q=0", None),
    ("identity;q=0, gzip;q=0.1", Some(Coding::Gzip)),
    ("identity;q=0, *;q=0", None),
    ("identity, gzip;q=0.5", None),
    ("gzip;q=0", None),
    ("gzip;q=0.000, deflate", Some(Coding::Deflate)),
    ("gzip;q=banana", None),
    ("gzip;q=-1, gzip;q=2", None),
    ("compress, aes128gcm, dcb", None),
    ("", None),
    (",;,=;q", None),
    ("gzip\t;\tq=1 , br; q=0", Some(Coding::Gzip)),
];

/// Where the server passes on any field as it is.
const SERVERS: [Kind; 5] = [Kind::Fpm, Kind::Builtin, Kind::Apache, Kind::Cgi, Kind::Lighttpd];

fn asks(field: &str) -> Request {
    Request::get("/stream.php?options={\"compress\":true}").header("Accept-Encoding", field)
}

/// Sees that the response has this coding, that caches are told, and that the body is whole.
#[track_caller]
fn has(response: Response, coding: Option<Coding>, what: &str) {
    assert_eq!(response.status(), 200, "{what}");
    let expected = coding.map(Coding::token);
    assert_eq!(response.header("Content-Encoding"), expected, "{what}");
    assert_eq!(response.header("Vary"), Some("Accept-Encoding"), "{what}");
    ends(&mut Decoded::body_of(response), BODY, what);
}

#[test]
fn the_coding_is_the_one_that_the_client_likes_best() {
    for kind in SERVERS {
        let scene = Scene::new(kind, 1, &[("stream.php", STREAM)]);
        for (field, coding) in FIELDS {
            has(scene.send(&asks(field)), coding, &format!("{kind:?}, {field}"));
        }
        has(scene.send(&request("/stream.php?options={\"compress\":true}", None)), None, "nothing");
    }
}

/// Each server has a limit of its own; these two have one that is larger.
#[test]
fn a_field_of_64_kilobytes_is_read_at_its_beginning_only() {
    let scene = Scene::new(Kind::Builtin, 1, &[("stream.php", STREAM)]);
    let filler = "x;q=0.5, ".repeat((64 << 10) / 9);
    has(scene.send(&asks(&format!("gzip, {filler}"))), Some(Coding::Gzip), "at its beginning");
    has(scene.send(&asks(&format!("{filler}gzip"))), None, "at its end");
    has(scene.send(&asks(&"gzip".repeat(16 << 10))), None, "one name");
    has(scene.send(&asks("gzip")), Some(Coding::Gzip), "the next request");
}

#[test]
fn the_script_offers_what_it_likes_and_in_its_order() {
    let scene = Scene::new(Kind::Fpm, 1, &[("stream.php", STREAM)]);
    for (compress, field, coding) in [
        ("\"on\"", "gzip, deflate, br, zstd", Some(Coding::Zstd)),
        ("\"gzip,%20br\"", "br, gzip", Some(Coding::Gzip)),
        ("[\"zstd\",\"gzip\"]", "gzip, deflate, br, zstd", Some(Coding::Zstd)),
        ("[\"zstd\",\"gzip\"]", "gzip;q=1, zstd;q=0.9", Some(Coding::Gzip)),
        ("\"br\"", "gzip", None),
    ] {
        let target = format!("/stream.php?options={{\"compress\":{compress}}}");
        let response = scene.send(&Request::get(&target).header("Accept-Encoding", field));
        has(response, coding, &format!("{compress}, {field}"));
    }
}

#[test]
fn the_setting_holds_where_the_script_says_nothing() {
    let setting = |value: &'static str| {
        Scene::with(Kind::Fpm, 1, &[("stream.php", STREAM)], move |php| {
            php.ini("sse.compression", value)
        })
    };
    let field = "gzip, deflate, br, zstd";
    let ask = |scene: &Scene, options| {
        let target = format!("/stream.php?options={options}");
        scene.send(&Request::get(&target).header("Accept-Encoding", field))
    };
    for (value, coding) in [("on", Coding::Zstd), ("1", Coding::Zstd), ("br, zstd", Coding::Brotli)]
    {
        let scene = setting(value);
        has(ask(&scene, "{}"), Some(coding), value);
        has(ask(&scene, "{\"compress\":null}"), Some(coding), value);
        has(ask(&scene, "{\"compress\":\"gzip\"}"), Some(Coding::Gzip), value);
        is_plain(&ask(&scene, "{\"compress\":false}"));
    }
    is_plain(&ask(&setting(""), "{}"));
}

/// Sees that nothing in the head speaks of a coding.
#[track_caller]
fn is_plain(response: &Response) {
    assert_eq!(response.header("Content-Encoding"), None);
    assert_eq!(response.head.all("Vary"), Vec::<&str>::new());
}

#[test]
fn where_it_is_off_not_a_byte_differs() {
    for kind in [Kind::Fpm, Kind::Builtin, Kind::Apache, Kind::Cgi] {
        let scene = Scene::new(kind, 1, &[("stream.php", STREAM)]);
        let mut seen = Vec::new();
        for target in ["/stream.php", "/stream.php?options={\"compress\":false}"] {
            for field in [None, Some("gzip, deflate, br, zstd"), Some("identity;q=0, gzip")] {
                let request = Request::get(target);
                let response = scene.send(&match field {
                    Some(field) => request.header("Accept-Encoding", field),
                    None => request,
                });
                is_plain(&response);
                let lines = response.head.lines().filter(|line| !line.starts_with("Date:"));
                let head = lines.collect::<Vec<_>>().join("\n");
                seen.push((head, response.into_text()));
            }
        }
        assert_eq!(seen[0].1.as_bytes(), BODY, "{kind:?}");
        for other in &seen[1..] {
            assert_eq!(*other, seen[0], "{kind:?}");
        }
    }
}

#[test]
fn what_has_no_body_or_another_protocol_has_no_coding() {
    let script = "<?php
        $sse = Sse::start(allowOrigin: ['https://a.example'], compress: true);
        $sse->send('x');";
    for kind in [Kind::Fpm, Kind::Builtin, Kind::Apache, Kind::Cgi] {
        let scene = Scene::new(kind, 1, &[("stream.php", script)]);
        for request in [Request::head("/stream.php"), Request::options("/stream.php")] {
            let request = request
                .header("Origin", "https://a.example")
                .header("Access-Control-Request-Method", "GET")
                .header("Accept-Encoding", "gzip, br");
            let response = scene.send(&request);
            assert_eq!(response.header("Content-Encoding"), None, "{kind:?}, {request:?}");
            assert_eq!(response.into_body(), b"", "{kind:?}, {request:?}");
        }
        assert_eq!(by_http_1_0(&scene), BODY, "{kind:?}");
    }
}

/// The body of the response to a request by HTTP/1.0, whose head has no coding.
#[track_caller]
fn by_http_1_0(scene: &Scene) -> Vec<u8> {
    let mut wire = scene.connect();
    wire.write_all(b"GET /stream.php HTTP/1.0\r\nAccept-Encoding: gzip, br\r\n\r\n").unwrap();
    let mut reader = Reader::new(wire);
    let head = reader.read_until(b"\r\n\r\n", soon()).unwrap();
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    assert!(!head.contains("content-encoding"), "{head}");
    let body = reader.read_to_end(soon()).unwrap();
    assert_eq!(reader.end(), Some(&End::Clean));
    body
}

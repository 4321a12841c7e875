//! The culprit in each of these set-ups, as `php doctor.php URL` has it.

use std::path::Path;
use std::thread;

use server_tests::binary;
use server_tests::server::{
    Apache, Builtin, Fcgid, Fpm, HaProxy, Lighttpd, NginxProxy, Php, ProxyFcgi, Server, Varnish,
};

use crate::proxy::{self, Way};
use crate::scene::{Scene, names};

pub(crate) const NOBODY: [&str; 0] = [];

/// A server that passes on what it gets, and buffers what does not tell it not to.
pub(crate) const NGINX: [&str; 1] = ["nginx buffering"];

/// As nginx speaks to servers by default, up to 1.28; it does not buffer chunks.
pub(crate) const HTTP_1_0: &str = "proxy_http_version 1.0;";

/// Makes a test of each set-up: who holds streams of the extension, and who those without it.
macro_rules! culprits {
    ($($name:ident: $start:expr => $culprits:expr, $others:expr;)*) => {
        $(#[test]
        fn $name() {
            are_named($start, &$culprits, &$others);
        })*
    };
}

#[track_caller]
pub(crate) fn are_named(start: fn(&Path, Php) -> Server, culprits: &[&str], others: &[&str]) {
    let scene = Scene::new(start);
    let (answer, status) = scene.ask(&[]);
    let named = [names(&answer, "culprits"), names(&answer, "withoutExtension")];
    assert_eq!(named, [culprits, others], "{answer:#}\n{}", scene.log());
    assert_eq!(status, Some(i32::from(!culprits.is_empty())), "{answer:#}");
}

pub(crate) fn fpm(root: &Path, php: Php) -> Fpm {
    Fpm::new(root, php)
}

pub(crate) fn apache(root: &Path, php: Php) -> Server {
    Apache::new(root, php).children(6).start()
}

pub(crate) fn builtin(root: &Path, php: Php) -> Server {
    Builtin::new(root, php).workers(6).start()
}

culprits! {
    output_buffering:
        |root, php| builtin(root, php.ini("output_buffering", "4096"))
        => NOBODY, ["output_buffering"];
    zlib_output_compression:
        |root, php| builtin(root, php.ini("zlib.output_compression", "1"))
        => NOBODY, ["zlib.output_compression"];
    an_output_buffer_that_cannot_be_closed: |root, php| {
        let prepended = root.join("prepended.php");
        std::fs::write(&prepended, "<?php ob_start(null, 0, 0);").unwrap();
        apache(root, php.ini("auto_prepend_file", &prepended.display().to_string()))
    } => NOBODY, ["output buffer that cannot be closed"];
    nginx_that_ignores_x_accel_buffering: |root, php| {
        fpm(root, php).nginx_line("fastcgi_ignore_headers X-Accel-Buffering;").start()
    } => ["nginx buffering"], NOBODY;
    nginx_in_front_of_nginx:
        |root, php| fpm(root, php).start().behind(&NginxProxy { lines: HTTP_1_0 })
        => ["nginx"], NGINX;
    nginx_in_front_of_apache: |root, php| {
        let lines = "proxy_http_version 1.0; proxy_ignore_headers X-Accel-Buffering;";
        apache(root, php).behind(&NginxProxy { lines })
    } => ["nginx"], NOBODY;
    mod_proxy_fcgi:
        |root, php| fpm(root, php).start_behind(&ProxyFcgi { flushes: false })
        => ["mod_proxy_fcgi"], NOBODY;
    mod_fcgid: |root, php| Fcgid::new(root, php, "").start() => ["mod_fcgid"], NOBODY;
    haproxy_without_http_no_delay:
        |root, php| fpm(root, php).start_behind(&HaProxy { options: &[] })
        => ["HAProxy delay"], NOBODY;
    a_proxy_that_delays:
        |root, php| apache(root, php).behind(&HaProxy { options: &[] })
        => ["proxy delay"], NOBODY;
    varnish_that_does_not_stream: |root, php| {
        let vcl = "sub vcl_backend_response { set beresp.do_stream = false; }";
        apache(root, php).behind(&Varnish { vcl })
    } => ["Varnish"], NOBODY;
}

#[test]
fn lighttpd_without_stream_response_body() {
    // A later one obeys a header, and answers 501 where the setting is 0.
    if binary::lighttpd_obeys_incremental() {
        return;
    }
    are_named(
        |root, php| fpm(root, php).start_behind(&Lighttpd { streams: false }),
        &["lighttpd"],
        &NOBODY,
    );
}

#[track_caller]
fn proxy_is_named(way: Way, culprit: &str) {
    let scene = Scene::new(builtin);
    let (answer, status) = scene.ask_at(proxy::start(way, scene.addr()), &[]);
    assert_eq!(names(&answer, "culprits"), [culprit], "{answer:#}");
    assert_eq!(status, Some(1), "{answer:#}");
}

#[test]
fn a_proxy_that_says_nothing_of_itself() {
    thread::scope(|scope| {
        for (way, culprit) in [
            (Way::Waits, "proxy"),
            (Way::SpeaksHttp10, "HTTP/1.0 proxy"),
            (Way::Compresses, "compressing proxy"),
        ] {
            scope.spawn(move || proxy_is_named(way, culprit));
        }
    });
}

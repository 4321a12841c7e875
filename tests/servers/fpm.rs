//! nginx and PHP-FPM.

use server_tests::http::Request;
use server_tests::server::{Fpm, Php};
use server_tests::site::Site;

use crate::cases::{self, Head, Kind};

mod over_a_unix_socket {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Fpm::new(root, php).children(workers).start(),
        head: Head::NGINX,
    });
}

mod over_tcp {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Fpm::new(root, php).children(workers).over_tcp().start(),
        head: Head::NGINX,
    });
}

mod with_connections_kept_alive {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| Fpm::new(root, php).children(workers).keepalive().start(),
        head: Head::NGINX,
    });
}

/// The answer to a browser of a page of a pool with these lines.
#[track_caller]
fn answer(page: &str, lines: &[&str]) -> (Option<String>, String) {
    let site = Site::new().file("page.php", page);
    let fpm = Fpm::new(&site, Php::with_sse()).children(1);
    let server = lines.iter().fold(fpm, |fpm, line| fpm.pool_line(line)).start();
    let response = server.send(&Request::get("/page.php").header("Accept-Encoding", "gzip"));
    let coding = response.header("Content-Encoding").map(str::to_owned);
    (coding, String::from_utf8_lossy(&response.into_body()).into_owned())
}

#[test]
fn the_doctor_tries_whether_the_time_limit_can_be_lifted() {
    let page = "<?php
        $limit = fn () => preg_grep('/^max_execution_time/', Sse::doctor()['advice']);
        $report = [$limit(), ini_get('max_execution_time')];
        $sse = Sse::start();
        $sse->sendMany([...$report, $limit(), ini_get('max_execution_time')]);";
    let may = answer(page, &["php_value[max_execution_time] = 30"]);
    assert_eq!(may, (None, ":\ndata: []\n\ndata: 30\n\ndata: []\n\ndata: 0\n\n".to_owned()));

    let (_, told) = answer(page, &["php_admin_value[max_execution_time] = 30"]);
    let advice = "max_execution_time = 30 is fixed by the server's configuration (php_admin_value), and \
        ends streams that work for so many seconds; set it to 0 where streams are served";
    let times = told.matches(advice).count();
    assert_eq!((times, told.matches("data: 30\n\n").count()), (2, 2), "{told}");
}

#[test]
fn a_stream_passes_buffers_and_compression_that_an_administrator_has_fixed() {
    let page = "<?php $sse = Sse::start(); $sse->send(ob_get_level()); $sse->send('sent');";
    for line in
        ["php_admin_value[output_buffering] = 4096", "php_admin_value[zlib.output_compression] = 1"]
    {
        let expected = ":\ndata: 0\n\ndata: sent\n\n";
        assert_eq!(answer(page, &[line]), (None, expected.to_owned()), "{line}");
    }
}

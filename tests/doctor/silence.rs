//! Who ends a stream that is silent.

use std::path::Path;

use server_tests::server::{Fpm, NginxProxy, Php, Server};

use crate::scene::{Scene, names};

#[track_caller]
fn ends_it(start: fn(&Path, Php) -> Server, culprit: Option<[&str; 2]>) {
    let scene = Scene::new(start);
    let (answer, _) = scene.ask(&["--silence=2"]);
    let culprits: Vec<_> = culprit.iter().map(|[name, _]| *name).collect();
    assert_eq!(names(&answer, "culprits"), culprits, "{answer:#}");
    if let Some([_, place]) = culprit {
        assert_eq!(answer["culprits"][0]["where"], place, "{answer:#}");
    }
}

fn impatient(root: &Path, php: Php) -> Server {
    Fpm::new(root, php).nginx_line("fastcgi_read_timeout 1s;").start()
}

#[test]
fn the_web_server_ends_it() {
    ends_it(impatient, Some(["nginx timeout", "web server"]));
}

#[test]
fn a_proxy_ends_it() {
    const LINES: &str = "proxy_buffering off; proxy_read_timeout 1s;";
    let start = |root: &Path, php| Fpm::new(root, php).start().behind(&NginxProxy { lines: LINES });
    ends_it(start, Some(["nginx timeout", "proxy"]));
}

#[test]
fn nobody_ends_one_whose_heartbeats_are_faster() {
    ends_it(|root, php| impatient(root, php.ini("sse.heartbeat", "0.5")), None);
}

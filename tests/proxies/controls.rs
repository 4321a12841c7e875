//! The settings that are needed, left out: what arrives then arrives late.

use std::io::Write;
use std::iter;
use std::path::Path;
use std::time::{Duration, SystemTime};

use server_tests::binary;
use server_tests::patience::{soon, within};
use server_tests::reader::{ReadError, Reader};
use server_tests::server::{Fcgid, Fpm, HaProxy, Lighttpd, Php, ProxyFcgi, Server, Varnish};

use crate::cases::{self, Kind};
use crate::scene::{HAPROXY, Scene};

/// Nothing of the body has come a second after the script has sent its event; all of it has when the
/// script has ended.
#[track_caller]
fn everything_comes_at_the_end(start: fn(&Path, Php) -> Server) {
    assert!(!comes_early(start), "it came when it was sent");
}

/// True if the event has come a second after it was sent; if not, it does when the script has ended.
#[track_caller]
fn comes_early(start: fn(&Path, Php) -> Server) -> bool {
    let script = "<?php
        $sse = Sse::start(heartbeat: 0.1);
        $sse->send('first');
        note('sent');
        gate();";
    let scene = Scene::new(start, script);
    let mut wire = scene.connect();
    wire.write_all(b"GET /stream.php HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
    scene.wait_for_notes(&["sent"]);
    let mut reader = Reader::new(wire);
    let early = reader.read_until(b"data: first", within(Duration::from_secs(1)));
    scene.gate.release();
    if early.is_ok() {
        return true;
    }
    assert!(matches!(early, Err(ReadError::Late { .. })), "{early:?}");
    reader.read_until(b"data: first", soon()).unwrap();
    false
}

#[test]
fn lighttpd_without_stream_response_body_sends_everything_at_the_end() {
    let came_early =
        comes_early(|root, php| Fpm::new(root, php).start_behind(&Lighttpd { streams: false }));
    assert_eq!(came_early, binary::lighttpd_obeys_incremental());
}

#[test]
fn apache_as_debian_configures_it_for_fpm_sends_everything_at_the_end() {
    everything_comes_at_the_end(|root, php| {
        Fpm::new(root, php).start_behind(&ProxyFcgi { flushes: false })
    });
}

#[test]
fn fcgid_with_its_output_buffer_sends_everything_at_the_end() {
    everything_comes_at_the_end(|root, php| Fcgid::new(root, php, "").start());
}

#[test]
fn varnish_without_streaming_sends_everything_at_the_end() {
    everything_comes_at_the_end(|root, php| {
        let vcl = "sub vcl_backend_response { set beresp.do_stream = false; }";
        Fpm::new(root, php).start().behind(&Varnish { vcl })
    });
}

/// The median of the times that seven events took to a client that waits for each.
#[track_caller]
fn usual_delay(start: fn(&Path, Php) -> Server) -> Duration {
    let script = "<?php
        $sse = Sse::start(heartbeat: 3600);
        for ($i = 0; $i < 7; $i++) {
            gate();
            $sse->send(sprintf('%.6F', microtime(true)));
        }";
    let scene = Scene::new(start, script);
    let mut stream = scene.open();
    let delay = || {
        scene.gate.release();
        let sent = Duration::from_secs_f64(stream.next_event().data.parse().unwrap());
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        now.saturating_sub(sent)
    };
    let mut delays: Vec<_> = iter::repeat_with(delay).take(7).collect();
    delays.sort_unstable();
    delays[3]
}

#[test]
fn haproxy_without_http_no_delay_sends_events_a_fifth_of_a_second_late() {
    // It tells the kernel that there is more to come, which waits 200 ms for that.
    const CORKED: Duration = Duration::from_millis(100);

    let late = usual_delay(|root, php| Fpm::new(root, php).start_behind(&HaProxy { options: &[] }));
    let prompt = usual_delay(|root, php| Fpm::new(root, php).start_behind(&HAPROXY));
    assert!(late > CORKED && prompt < CORKED, "{late:?} without, {prompt:?} with it");
}

#[test]
fn haproxy_without_abortonclose_tells_of_a_disconnect_at_a_later_write() {
    cases::a_disconnect_is_seen_at_a_certain_write(&Kind {
        start: |root, php| {
            Fpm::new(root, php).start().behind(&HaProxy { options: &["http-no-delay"] })
        },
        writes: 2..=3,
        named: &[],
    });
}

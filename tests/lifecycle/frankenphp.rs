//! Clients of FrankenPHP that share a connection, as browsers do by HTTP/2; and those beside one that reads nothing
//! while heartbeats are due to it.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use server_tests::patience::{soon, stretched, wait_for};
use server_tests::process::Signal;
use server_tests::server::{FrankenPhp, Php, Server, get_by_http_2};
use server_tests::site::Site;

use crate::served::Served;

const WAYS: [fn(&Path, Php) -> Server; 2] = [
    |root, php| FrankenPhp::new(root, php).threads(1).start(),
    |root, php| FrankenPhp::new(root, php).threads(1).worker_mode().start(),
];

#[test]
fn a_client_by_http_2_gets_heartbeats_and_is_noticed_when_it_leaves() {
    let script = "<?php
        $sse = Sse::start(heartbeat: 0.1);
        $sse->send('ready');
        usleep(500_000);
        $sse->send('free');
        $sse->wait(20);
        note($sse->stopReason()->name);";
    for start in WAYS {
        let served = Served::script(script, start);
        let (mut client, mut body) = get_by_http_2(&served, "/stream.php");
        body.read_until(b":\ndata: ready\n\n", soon()).unwrap();
        let silence =
            String::from_utf8(body.read_until(b"data: free\n\n", soon()).unwrap()).unwrap();
        let heartbeats = silence.lines().filter(|line| *line == ":").count();
        assert!((3..=5).contains(&heartbeats), "{silence}");
        let left = Instant::now();
        client.stop();
        served.wait_for_notes("ClientGone\n");
        assert!(left.elapsed() < stretched(Duration::from_millis(500)), "{:?}", left.elapsed());
    }
}

/// Sends until it is told to stop.
const SENDS: &str = "<?php
    $sse = Sse::start(heartbeat: 0.5);
    note('begun');
    while ($sse->send(str_repeat('x', 65536)));
    note($sse->stopReason()->name);";

#[test]
fn a_client_by_http_2_that_sleeps_is_given_up() {
    for start in WAYS {
        let site = Site::new().file("stream.php", SENDS).file("page.php", "<?php echo 'page';");
        let served = Served::new(site, Php::with_sse().ini("sse.write_timeout", "2"), start);
        let (client, _body) = get_by_http_2(&served, "/stream.php");
        served.wait_for_notes("begun\n");
        client.signal(Signal::STOP);
        served.wait_for_notes("begun\nWriteTimeout\n");
        assert_eq!(served.get("/page.php").into_body(), b"page");
    }
}

/// Sends so many bytes, or as many as the connection takes. Then it leaves more and more to heartbeats, which have to
/// take along what is not flushed, until one is stuck.
const FILLS: &str = "<?php
    ignore_user_abort(true);
    $bytes = $_GET['bytes'] ?? INF;
    ini_set('sse.write_timeout', $bytes === INF ? 1 : 10);
    $sse = Sse::start(heartbeat: 0.01);
    for ($sent = 0; $sent < $bytes; $sent += 16008) {
        if (!$sse->send(str_repeat('x', 16000))) {
            exit(file_put_contents(__DIR__ . '/bytes', $sent));
        }
    }
    note('full');
    while ($sse->isOpen()) {
        echo ':', str_repeat('x', 3000), \"\\n\";
        usleep(15_000);
    }
    note($sse->stopReason()->name);";

const WAITS: &str = "<?php
    $sse = Sse::start(heartbeat: 0.2);
    $sse->send('ready');
    sleep(5);
    $sse->send('free');";

/// The heartbeats of one client are stuck: nobody else's come late, and it is given up.
#[test]
fn several_threads_beat_on_time_beside_a_client_that_reads_nothing() {
    const OTHERS: usize = 20;

    for start in [
        (|root: &Path, php| FrankenPhp::new(root, php).threads(OTHERS + 1).start())
            as fn(&Path, Php) -> Server,
        |root, php| FrankenPhp::new(root, php).worker_mode().threads(OTHERS + 1).start(),
    ] {
        let site = Site::new().file("fills.php", FILLS).file("waits.php", WAITS);
        let served = Served::new(site, Php::with_sse().ini("memory_limit", "-1"), start);
        let deaf = ask(&served, "/fills.php");
        let bytes: usize = wait_for("the connection to be full", soon(), || {
            served.site.read("bytes").parse().ok()
        });
        drop(deaf);
        let nearly = bytes - 16008;
        let _deaf = ask(&served, &format!("/fills.php?bytes={nearly}"));
        served.wait_for_notes("full\n");
        thread::sleep(Duration::from_secs(2));

        let silences = thread::scope(|scope| {
            let others: Vec<_> =
                (0..OTHERS).map(|_| scope.spawn(|| longest_silence(&served))).collect();
            others.into_iter().map(|other| other.join().unwrap()).collect::<Vec<_>>()
        });
        let longest = silences.into_iter().max().unwrap();
        assert!(longest < stretched(Duration::from_millis(400)), "{longest:?}");
        assert_eq!(served.site.read("notes"), "full\n");
        served.wait_for_notes("full\nWriteTimeout\n");
    }
}

/// A client that has asked, and reads nothing.
#[track_caller]
fn ask(served: &Served, target: &str) -> server_tests::http::Wire {
    use std::io::Write;

    let mut wire = served.connect();
    wire.set_receive_buffer(4096);
    write!(wire, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    wire
}

/// The longest time without a byte of a stream whose script is blocked.
#[track_caller]
fn longest_silence(served: &Served) -> Duration {
    let mut stream = served.get("/waits.php");
    stream.body.read_until(b"ready\n\n", soon()).unwrap();
    let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
    loop {
        match stream.body.read_until(b"\n", soon()) {
            Ok(line) => {
                longest = longest.max(last.elapsed());
                last = Instant::now();
                if line.starts_with(b"data: free") {
                    return longest;
                }
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

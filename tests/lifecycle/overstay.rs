//! Scripts that go on long after their client has left, below native code that takes no notice of an exit:
//! they end as at an `echo`, and the worker is free again.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use server_tests::http::Request;
use server_tests::patience::within;
use server_tests::server::{Apache, Builtin, Fpm, Php, Server};
use server_tests::site::Site;

use crate::served::Served;

/// A script may go on for this time.
const GRACE: Duration = Duration::from_secs(10);

/// The ways in which the script passes on each piece that comes from upstream; the answer is ignored.
const WAYS: [&str; 5] = [
    "$sse->send($bytes)",
    "$sse->sendMany([$bytes])",
    "$sse->comment($bytes)",
    "$sse->retry(1000)",
    "$sse->wait(0)",
];

const SCRIPT: &str = "<?php
    register_shutdown_function(fn () => note('shutdown function'));
    $sse = Sse::start(heartbeat: 3600);
    $sse->onClose(fn ($reason) => note($reason->name));
    $sse->send('ready');
    $curl = curl_init($_GET['upstream']);
    curl_setopt($curl, CURLOPT_WRITEFUNCTION, function ($curl, $bytes) use ($sse) {
        WAY;
        return strlen($bytes);
    });
    curl_exec($curl);
    note('curl_exec() is back');";

/// A server that sends a little all the time, to whoever asks, until nobody listens.
fn upstream() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || trickle(client));
        }
    });
    address
}

fn trickle(mut client: TcpStream) -> io::Result<()> {
    let mut line = String::new();
    let mut reader = BufReader::new(client.try_clone()?);
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    loop {
        client.write_all(b"x")?;
        thread::sleep(Duration::from_millis(20));
    }
}

/// The client leaves; the script ends after ten seconds, and its only worker serves the next request.
#[track_caller]
fn is_ended(script: &str, upstream: SocketAddr, start: impl FnOnce(&Path, Php) -> Server) {
    let site = Site::new().file("stream.php", script).file("next.php", "<?php echo 'next';");
    let served = Served::new(site, Php::with_sse().ini("extension", "curl"), start);
    let mut stream = served.get(&format!("/stream.php?upstream=http://{upstream}/"));
    stream.body.read_until(b"data: ready\n\n", within(GRACE)).unwrap();
    stream.into_wire().close();
    let left = Instant::now();
    let next = served.try_send(&Request::get("/next.php"), within(GRACE * 3)).unwrap();
    assert_eq!(next.into_body(), b"next", "{}", served.log());
    let took = left.elapsed();
    assert!(took > GRACE.mul_f64(0.9), "it ended after {took:?}");
    served.wait_for_notes("ClientGone\nshutdown function\n");
}

#[track_caller]
fn each_way_is_ended(start: fn(&Path, Php) -> Server) {
    let upstream = upstream();
    thread::scope(|scope| {
        for way in WAYS {
            scope.spawn(move || is_ended(&SCRIPT.replace("WAY", way), upstream, start));
        }
    });
}

#[test]
fn whatever_is_done_below_curl_ends_on_fpm() {
    each_way_is_ended(|root, php| Fpm::new(root, php).children(1).start());
}

#[test]
fn whatever_is_done_below_curl_ends_on_the_builtin_server() {
    each_way_is_ended(|root, php| Builtin::new(root, php).start());
}

#[test]
fn whatever_is_done_below_curl_ends_on_apache() {
    each_way_is_ended(|root, php| Apache::new(root, php).children(1).start());
}

/// Callbacks that PHP itself calls, again and again; below those that pass an exit on, `finally` blocks run.
#[test]
fn other_callbacks_end_as_well() {
    const LOOP: &str = "while (true) { $sse->wait(0.02); }";
    let loops = [
        "usort($two, function () use ($sse) { LOOP });",
        "ob_start(function ($bytes) use ($sse) { LOOP }, 1); echo 'x';",
        "new class($sse) { function __construct(private $sse) {} function __destruct() { $sse = $this->sse; LOOP } };",
        "(new Fiber(function () use ($sse) { LOOP }))->start();",
        "foreach ((function () use ($sse) { LOOP; yield; })() as $_);",
        "iterator_apply(new InfiniteIterator(new ArrayIterator([1])), function () use ($sse) { $sse->wait(0.02); return true; });",
    ];
    let upstream = upstream();
    thread::scope(|scope| {
        for code in loops {
            let before = "<?php
                register_shutdown_function(fn () => note('shutdown function'));
                $two = [2, 1];
                $sse = Sse::start(heartbeat: 3600);
                $sse->onClose(fn ($reason) => note($reason->name));
                $sse->send('ready');";
            let script = format!("{before} {}", code.replace("LOOP", LOOP));
            scope.spawn(move || {
                is_ended(&script, upstream, |root, php| Fpm::new(root, php).children(1).start());
            });
        }
    });
}

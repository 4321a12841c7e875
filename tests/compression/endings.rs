//! However a stream ends, what has come can be decoded; and where it ends cleanly, so does its coding.

use std::io::Write as _;
use std::process::{Command, Stdio};

use server_tests::content_coding::Coding;
use server_tests::patience::soon;
use server_tests::reader::End;

use crate::scene::{ASKED, Scene, brings, ends, name, request};
use crate::server::Kind;

/// Ends in the way of the query.
const ENDS: &str = r#"<?php
    ini_set('memory_limit', '64M');
    $sse = Sse::start(heartbeat: 3600, compress: true);
    $sse->send('sent');
    $by = $_GET['by'];
    if ($by === 'callback') {
        $sse->onClose(fn () => throw new RuntimeException('nobody catches this'));
    }
    if ($by === 'callback-exit') {
        $sse->onClose(function () { exit; });
    }
    match ($by) {
        'return', 'callback', 'callback-exit' => null,
        'close' => $sse->close(),
        'exit' => exit,
        'exception' => throw new RuntimeException('nobody catches this'),
        'error' => no_such_function(),
        'fatal-error' => trigger_error('this is fatal', E_USER_ERROR),
        'memory' => str_repeat('x', 1 << 30),
        'timeout' => (function () { set_time_limit(1); while (true); })(),
        'echo' => print "data: echoed\n\n",
        'half' => print 'data: half',
        'buffer' => (function () { ob_start(); echo "data: buffered\n\n"; })(),
        'current' => Sse::current()->close('bye'),
        // Where the server has it.
        'finish' => function_exists('fastcgi_finish_request') && fastcgi_finish_request() && $sse->send('late'),
    };"#;

/// The ways, and the last bytes of each.
const WAYS: [(&str, &str); 15] = [
    ("return", ""),
    ("close", ""),
    ("exit", ""),
    ("exception", ""),
    ("error", ""),
    ("fatal-error", ""),
    ("memory", ""),
    ("timeout", ""),
    ("echo", "data: echoed\n\n"),
    ("half", "data: half"),
    ("buffer", "data: buffered\n\n"),
    ("callback", ""),
    ("callback-exit", ""),
    ("current", "data: bye\n\n"),
    ("finish", ""),
];

mod however_a_script_ends_the_coding_has_its_end {
    use crate::server::Kind;

    #[test]
    fn fpm() {
        super::has_its_end(Kind::Fpm);
    }

    #[test]
    fn cgi() {
        super::has_its_end(Kind::Cgi);
    }

    #[test]
    fn builtin() {
        super::has_its_end(Kind::Builtin);
    }

    #[test]
    fn apache() {
        super::has_its_end(Kind::Apache);
    }

    #[test]
    fn frankenphp() {
        super::has_its_end(Kind::FrankenPhp);
    }

    #[test]
    fn frankenphp_worker() {
        super::has_its_end(Kind::FrankenPhpWorker);
    }
}

fn has_its_end(kind: Kind) {
    let at_once = kind.at_once(ASKED.len());
    let scene = Scene::new(kind, at_once, &[("stream.php", ENDS)]);
    // In a worker script the stream ends with the function that has it, before PHP ends its buffers.
    let is_there = |by: &str| by != "buffer" || kind != Kind::FrankenPhpWorker;
    for (by, rest) in WAYS.into_iter().filter(|(by, _)| is_there(by)) {
        // A second of the processor for each.
        let asked = if by == "timeout" { &[Some(Coding::Gzip)] } else { &ASKED[..] };
        for asked in asked.chunks(at_once) {
            let target = format!("/stream.php?by={by}");
            let mut streams: Vec<_> = asked.iter().map(|it| scene.open(&target, *it)).collect();
            for (stream, coding) in streams.iter_mut().zip(asked) {
                let what = format!("{kind:?}, {by}, {}", name(*coding));
                ends(stream, format!(":\ndata: sent\n\n{rest}").as_bytes(), &what);
                if *coding == Some(Coding::Gzip) {
                    gzip_accepts(stream.source().encoded(), &what);
                }
            }
        }
    }
}

/// `gzip --test` of the whole body.
#[track_caller]
fn gzip_accepts(body: &[u8], what: &str) {
    let mut gzip = Command::new("gzip");
    let mut gzip = gzip.arg("--test").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    gzip.stdin.take().unwrap().write_all(body).unwrap();
    let output = gzip.wait_with_output().unwrap();
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stderr, b"", "{what}");
}

#[test]
fn of_a_worker_that_is_killed_all_that_came_can_be_decoded_and_it_is_no_clean_end() {
    let script = "<?php
        $sse = Sse::start(heartbeat: 3600, compress: true);
        $sse->send('sent');
        gate();
        $sse->send('last');
        gate();
        exec('kill -9 ' . getmypid());";
    let scene = Scene::new(Kind::Fpm, 1, &[("stream.php", script)]);
    let gate = scene.gate("");
    for coding in Coding::ALL {
        let mut stream = scene.open("/stream.php", Some(coding));
        brings(&mut stream, b":\ndata: sent\n\n", coding.token());
        gate.release();
        brings(&mut stream, b"data: last\n\n", coding.token());
        gate.release();
        assert_eq!(stream.read_to_end(soon()).unwrap(), b"", "{coding:?}");
        assert!(matches!(stream.end(), Some(End::Cut(_))), "{coding:?}: {:?}", stream.end());
    }
}

#[test]
fn a_stream_that_a_reload_ends_has_the_end_of_its_coding() {
    let script = "<?php
        $sse = Sse::start(heartbeat: 3600, compress: true);
        $sse->send('sent');
        while ($sse->wait(3600));
        note($sse->stopReason()->name);";
    for kind in [Kind::Fpm, Kind::FpmKeepalive, Kind::Apache, Kind::ApacheTls, Kind::Lighttpd] {
        let scene = Scene::new(kind, ASKED.len(), &[("stream.php", script)]);
        let mut streams = ASKED.map(|coding| scene.open("/stream.php", coding));
        for (stream, coding) in streams.iter_mut().zip(ASKED) {
            brings(stream, b":\ndata: sent\n\n", name(coding));
        }
        scene.server.reload();
        let mut rests = streams.iter_mut().zip(ASKED).map(|(stream, coding)| {
            let rest = stream.read_to_end(soon()).unwrap();
            assert_eq!(stream.end(), Some(&End::Clean), "{kind:?}, {}", name(coding));
            String::from_utf8(rest).unwrap()
        });
        let plain = rests.next().unwrap();
        for rest in rests {
            assert_eq!(without_numbers(&rest), without_numbers(&plain), "{kind:?}");
        }
        scene.wait_for_notes(&["Shutdown"; 5]);
    }
}

/// The reconnection time that a client is told differs, so that not all come back at once.
fn without_numbers(text: &str) -> String {
    text.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// In the middle of an event, and of whatever the coding makes of it.
#[test]
fn a_client_that_leaves_in_the_middle_of_an_event_harms_nobody() {
    let script = "<?php
        ignore_user_abort(true);
        $sse = Sse::start(heartbeat: 0.05, compress: true);
        $sse->onClose(fn ($why) => note($why->name));
        $random = bin2hex(random_bytes(2_000_000));
        while ($sse->send($random));";
    for kind in [Kind::Fpm, Kind::Builtin, Kind::Apache, Kind::Cgi] {
        let page = ("page.php", "<?php Sse::start(compress: true)->send('x');");
        let scene = Scene::new(kind, 1, &[("stream.php", script), page]);
        for (number, coding) in ASKED.into_iter().enumerate() {
            let mut stream = scene.open("/stream.php", coding);
            let some = stream.next_piece(soon()).unwrap();
            assert!(some.is_some(), "{kind:?}, {}", name(coding));
            stream.into_source().into_source().into_wire().reset();
            scene.wait_for_notes(&vec!["ClientGone"; number + 1]);
            let mut next = scene.open("/page.php", coding);
            ends(&mut next, b":\ndata: x\n\n", &format!("{kind:?}, {}", name(coding)));
        }
    }
}

/// A client that reads nothing at all costs its stream, and no other.
#[test]
fn a_client_that_reads_nothing_is_let_go_after_the_write_timeout() {
    let script = "<?php
        $sse = Sse::start(heartbeat: 0.05, compress: true);
        $sse->onClose(fn ($why) => note($why->name));
        while ($sse->send(bin2hex(random_bytes(500_000))));";
    for kind in [Kind::Fpm, Kind::Builtin] {
        let scene = Scene::with(kind, ASKED.len(), &[("stream.php", script)], |php| {
            php.ini("sse.write_timeout", "1")
        });
        let streams = ASKED.map(|coding| scene.send(&request("/stream.php", coding)));
        scene.wait_for_notes(&["WriteTimeout"; 5]);
        drop(streams);
    }
}

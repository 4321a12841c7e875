//! Signals mean what they have always meant: after a stream, to a script that handles them itself, and
//! to one that hangs.

use std::path::Path;

use server_tests::http::Response;
use server_tests::patience::{soon, wait_for};
use server_tests::process::{Signal, is_running};
use server_tests::server::{Builtin, Fpm, Php, Server};
use server_tests::site::{Gate, Site};

use crate::served::{Served, wait_for_end};

/// One worker, which has served a stream.
struct Worker {
    served: Served,
    gate: Gate,
}

impl Worker {
    /// Serves `script`, too.
    #[track_caller]
    fn new(script: &str, start: impl FnOnce(&Path, Php) -> Server) -> Self {
        let site = Site::new()
            .file("stream.php", "<?php Sse::start()->send('only');")
            .file("script.php", script);
        let gate = site.gate("gate");
        let served = Served::new(site, Php::with_sse(), start);
        assert_eq!(served.get("/stream.php").into_body(), b":\ndata: only\n\n");
        Self { served, gate }
    }

    /// Requests the script, and waits until it says that it is in the middle.
    #[track_caller]
    fn open(&self) -> Response {
        let response = self.served.get("/script.php");
        self.served.wait_for_notes("in the middle\n");
        response
    }
}

/// The rest of a body, whose end is clean.
fn rest(mut response: Response) -> String {
    String::from_utf8(response.body.read_to_end(soon()).unwrap()).unwrap()
}

fn fpm(process_control_timeout: u32) -> impl FnOnce(&Path, Php) -> Server {
    move |root, php| {
        Fpm::new(root, php).children(1).process_control_timeout(process_control_timeout).start()
    }
}

fn builtin_server(root: &Path, php: Php) -> Server {
    Builtin::new(root, php).start()
}

mod with_an_ordinary_page {
    use super::*;

    const PAGE: &str = "<?php
        header('X-Accel-Buffering: no');
        echo 'first half, ';
        flush();
        note('in the middle');
        fgets(fopen(__DIR__ . '/gate', 'r'));
        echo 'second half';";

    #[test]
    fn a_reload_of_fpm_that_does_not_wait_cuts_it() {
        let worker = Worker::new(PAGE, fpm(0));
        let page = worker.open();
        worker.served.reload();
        assert_eq!(rest(page), "first half, ");
    }

    #[test]
    fn a_reload_of_fpm_that_waits_lets_it_finish() {
        let worker = Worker::new(PAGE, fpm(10));
        let page = worker.open();
        worker.served.reload();
        worker.gate.release();
        assert_eq!(rest(page), "first half, second half");
    }

    #[test]
    fn ctrl_c_lets_the_builtin_server_finish_it() {
        let worker = Worker::new(PAGE, builtin_server);
        let page = worker.open();
        worker.served.signal(Signal::INT);
        worker.gate.release();
        assert_eq!(rest(page), "first half, second half");
        wait_for_end(worker.served.pid());
    }

    #[test]
    fn a_builtin_server_that_terminates_cuts_it() {
        let worker = Worker::new(PAGE, builtin_server);
        let page = worker.open();
        worker.served.signal(Signal::TERM);
        wait_for_end(worker.served.pid());
        assert_eq!(rest(page), "first half, ");
    }
}

#[test]
fn a_script_goes_on_handling_its_signals_itself() {
    let script = "<?php
        pcntl_async_signals(true);
        pcntl_signal(SIGTERM, fn () => note('handled'));
        $sse = Sse::start(heartbeat: 3600);
        note('in the middle');
        $sse->wait(3600);
        $sse->close($sse->stopReason()?->name ?? 'open');";
    let worker = Worker::new(script, builtin_server);
    let stream = worker.open();
    worker.served.signal(Signal::TERM);
    assert_eq!(rest(stream), ":\ndata: open\n\n");
    worker.served.wait_for_notes("in the middle\nhandled\n");
}

mod a_stream_that_hangs {
    use super::*;

    const SCRIPT: &str = "<?php
        Sse::start(heartbeat: 3600);
        note('in the middle');
        while (true);";

    #[test]
    fn does_not_hold_up_a_reload_of_fpm() {
        let worker = Worker::new(SCRIPT, fpm(0));
        let hanging = worker.served.workers();
        let _stream = worker.open();
        worker.served.reload();
        hanging.into_iter().for_each(wait_for_end);
        assert_eq!(worker.served.get("/stream.php").into_body(), b":\ndata: only\n\n");
    }

    #[test]
    fn is_ended_by_request_terminate_timeout() {
        let worker = Worker::new(SCRIPT, |root, php| {
            let fpm = Fpm::new(root, php).children(1);
            fpm.pool_line("request_terminate_timeout = 2").start()
        });
        let hanging = worker.served.workers();
        let _stream = worker.open();
        hanging.into_iter().for_each(wait_for_end);
        assert_eq!(worker.served.get("/stream.php").into_body(), b":\ndata: only\n\n");
    }

    #[test]
    fn ends_when_the_builtin_server_is_terminated_again_and_again() {
        let worker = Worker::new(SCRIPT, builtin_server);
        let _stream = worker.open();
        wait_for("the server to end", soon(), || {
            worker.served.signal(Signal::TERM);
            (!is_running(worker.served.pid())).then_some(())
        });
    }
}

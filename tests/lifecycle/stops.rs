//! A server that is asked to stop, or to begin anew: open streams end cleanly and at once, and
//! nothing is left behind. Where no stream is open, signals mean what they have always meant.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{kill_process, kill_process_group};
use server_tests::http::Response;
use server_tests::patience::soon;
use server_tests::process::{Pid, Signal};
use server_tests::reader::End;
use server_tests::server::{Apache, Builtin, Cgi, Fpm, FrankenPhp, Php};
use server_tests::site::Site;

use crate::served::{Served, read_pid, wait_for_end};

/// A stream must end within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

const STREAMS: usize = 4;

const SCRIPT: &str = "<?php
    $sse = Sse::start(heartbeat: 3600);
    $sse->send('ready');
    while ($sse->wait(3600));
    note($sse->stopReason()->name);
    $sse->close('come back', event: 'goodbye');";

/// Opens streams, runs `stop`, and reads the streams to their ends.
#[track_caller]
fn streams_end_cleanly(served: &Served, stop: impl FnOnce()) {
    let mut streams: Vec<Response> = (0..STREAMS).map(|_| served.open()).collect();
    let stopped_at = Instant::now();
    stop();
    for stream in &mut streams {
        let rest = stream.body.read_to_end(soon()).unwrap();
        let delay = stopped_at.elapsed();
        assert_eq!(rest.escape_ascii().to_string(), "event: goodbye\\ndata: come back\\n\\n");
        assert_eq!(stream.body.end(), Some(&End::Clean));
        assert!(delay < AT_ONCE, "the stream ended after {delay:?}");
    }
    served.wait_for_notes(&"Shutdown\n".repeat(STREAMS));
}

/// As above, by a signal that ends the server.
#[track_caller]
fn streams_and_server_end(served: &Served, signal: Signal) {
    let processes: Vec<_> = served.workers().into_iter().chain([served.pid()]).collect();
    streams_end_cleanly(served, || served.signal(signal));
    processes.into_iter().for_each(wait_for_end);
    assert!(!served.log().contains("Segmentation fault"), "{}", served.log());
}

/// As above, by a signal upon which the server begins anew.
#[track_caller]
fn streams_end_and_new_workers_serve(served: &Served, signal: Signal) {
    let workers = served.workers();
    streams_end_cleanly(served, || served.signal(signal));
    workers.into_iter().for_each(wait_for_end);
    drop(served.open());
    assert!(!served.log().contains("Segmentation fault"), "{}", served.log());
}

mod fpm {
    use super::*;

    fn fpm(process_control_timeout: u32) -> Served {
        Served::script(SCRIPT, |root, php| {
            Fpm::new(root, php)
                .children(STREAMS)
                .process_control_timeout(process_control_timeout)
                .start()
        })
    }

    #[test]
    fn streams_end_when_it_quits_without_waiting() {
        streams_and_server_end(&fpm(0), Signal::QUIT);
    }

    #[test]
    fn streams_end_when_it_quits_and_waits() {
        streams_and_server_end(&fpm(10), Signal::QUIT);
    }

    #[test]
    fn streams_end_when_it_terminates_and_waits() {
        streams_and_server_end(&fpm(10), Signal::TERM);
    }

    #[test]
    fn streams_end_when_it_reloads_without_waiting() {
        streams_end_and_new_workers_serve(&fpm(0), Signal::USR2);
    }

    #[test]
    fn streams_end_when_it_reloads_and_waits() {
        streams_end_and_new_workers_serve(&fpm(10), Signal::USR2);
    }
}

mod cgi {
    use super::*;

    fn cgi(children: usize) -> Served {
        Served::script(SCRIPT, |root, php| Cgi::new(root, php).children(children).start())
    }

    #[test]
    fn streams_end_when_it_terminates() {
        streams_and_server_end(&cgi(STREAMS), Signal::TERM);
    }
}

mod apache {
    use super::*;

    fn apache() -> Served {
        Served::script(SCRIPT, |root, php| Apache::new(root, php).children(STREAMS).start())
    }

    #[test]
    fn streams_end_when_it_restarts_gracefully() {
        streams_end_and_new_workers_serve(&apache(), Signal::USR1);
    }

    #[test]
    fn streams_end_when_it_stops_gracefully() {
        streams_and_server_end(&apache(), Signal::WINCH);
    }
}

mod builtin_server {
    use super::*;

    fn builtin_server() -> Served {
        Served::script(SCRIPT, |root, php| Builtin::new(root, php).workers(STREAMS).start())
    }

    /// By a signal to the whole group, as a terminal sends it.
    #[track_caller]
    fn streams_and_server_end(signal: Signal) {
        let served = builtin_server();
        let processes: Vec<_> = served.workers().into_iter().chain([served.pid()]).collect();
        streams_end_cleanly(&served, || kill_process_group(served.pid(), signal).unwrap());
        processes.into_iter().for_each(wait_for_end);
    }

    #[test]
    fn streams_end_on_ctrl_c() {
        streams_and_server_end(Signal::INT);
    }

    #[test]
    fn streams_end_when_it_terminates() {
        streams_and_server_end(Signal::TERM);
    }

    /// Since PHP 8.3 the workers get another SIGTERM when the server dies before them.
    #[test]
    fn a_worker_that_was_told_to_end_says_goodbye_after_its_server() {
        let script = "<?php
            $sse = Sse::start(heartbeat: 3600);
            $sse->send(getmypid());
            while ($sse->wait(3600));
            note('told');
            while (!file_exists(__DIR__ . '/go on')) {
                usleep(1000);
            }
            $sse->close('last');";
        let site = Site::new().file("stream.php", script);
        let served = Served::new(site, Php::with_sse(), |root, php| {
            Builtin::new(root, php).workers(2).start()
        });
        // The server itself may take one of them.
        let mut opened = [stream_of_a_process(&served), stream_of_a_process(&served)];
        opened.sort_by_key(|(_, process)| *process == served.pid());
        let [(mut stream, worker), _other] = opened;
        kill_process(worker, Signal::TERM).unwrap();
        served.wait_for_notes("told\n");
        served.signal(Signal::KILL);
        wait_for_end(served.pid());
        served.site.write("go on", "");
        assert_eq!(stream.body.read_to_end(soon()).unwrap(), b"data: last\n\n");
        wait_for_end(worker);
    }

    /// A stream whose first event is the process that it comes from.
    #[track_caller]
    fn stream_of_a_process(served: &Served) -> (Response, Pid) {
        let mut stream = served.get("/stream.php");
        let process = read_pid(&mut stream);
        (stream, process)
    }
}

/// It waits for each stream, and closes the listener after that.
#[test]
fn streams_of_frankenphp_end_although_it_ends_php_first() {
    let new = |root: &Path, php| FrankenPhp::new(root, php).ends_php_first().threads(STREAMS + 1);
    for signal in [Signal::TERM, Signal::INT] {
        let classic = Served::script(SCRIPT, |root, php| new(root, php).start());
        streams_and_server_end(&classic, signal);
        let worker = Served::script(SCRIPT, |root, php| new(root, php).worker_mode().start());
        streams_and_server_end(&worker, signal);
    }
}

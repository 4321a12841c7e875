//! A server that is asked to stop before a script begins its stream: the stream ends at once, all the
//! same.

use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::kill_process_group;
use server_tests::http::{Response, Wire};
use server_tests::patience::{soon, wait_for};
use server_tests::process::{Pid, Signal};
use server_tests::reader::Reader;
use server_tests::server::{Builtin, Fpm, Php, Server};
use server_tests::site::{Gate, Site};

use crate::served::{Served, wait_for_end};

/// A stream must end within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A client receives this in such a stream.
const ENDED: &str = ":\nevent: goodbye\ndata: come back\n\n";

/// Begins its stream behind the gate of its visitor, and waits in it for `PATIENCE` seconds.
const SCRIPT: &str = "<?php
    note('at the gate');
    fgets(fopen(__DIR__ . \"/$_GET[gate]\", 'r'));
    $sse = Sse::start(heartbeat: 3600);
    note($sse->wait(PATIENCE) ? 'open' : $sse->stopReason()->name);
    $sse->close('come back', event: 'goodbye');";

/// A server with the script, and so many gates, the first of which is called `0`.
struct Gated {
    served: Served,
    gates: Vec<Gate>,
}

fn target(gate: usize) -> String {
    format!("/stream.php?gate={gate}")
}

impl Gated {
    #[track_caller]
    fn new(gates: usize, patience: u32, start: impl FnOnce(&Path, Php) -> Server) -> Self {
        let script = SCRIPT.replace("PATIENCE", &patience.to_string());
        let site = Site::new().file("stream.php", script).file("next.php", "<?php echo 'next';");
        let gates = (0..gates).map(|gate| site.gate(&gate.to_string())).collect();
        Self { served: Served::new(site, Php::with_sse(), start), gates }
    }

    /// The server and so many workers of its, as soon as all are there.
    #[track_caller]
    fn processes(&self, workers: usize) -> Vec<Pid> {
        wait_for("all workers", soon(), || {
            let all = self.served.workers();
            (all.len() == workers.max(1)).then(|| [all, vec![self.served.pid()]].concat())
        })
    }

    /// Sends a request, of whose response nothing is read yet.
    #[track_caller]
    fn ask(connection: &mut Wire, gate: usize) {
        let request = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", target(gate));
        connection.write_all(request.as_bytes()).unwrap();
    }

    /// Runs `stop` when there is a script at each of these gates, and opens them.
    #[track_caller]
    fn stopped_at(&self, gates: Range<usize>, stop: impl FnOnce()) -> Vec<Response> {
        thread::scope(|scope| {
            let mut visits = Vec::new();
            for gate in gates.clone() {
                visits.push(scope.spawn(move || self.served.get(&target(gate))));
                // One after the other: a worker that is at a gate does not accept the next one, too.
                self.served.wait_for_notes(&"at the gate\n".repeat(visits.len()));
            }
            stop();
            self.gates[gates].iter().for_each(Gate::release);
            visits.into_iter().map(|visit| visit.join().unwrap()).collect()
        })
    }

    /// As above, at all gates; each stream ends at once.
    #[track_caller]
    fn streams_end(&self, stop: impl FnOnce()) {
        let mut stopped_at = Instant::now();
        let streams = self.stopped_at(0..self.gates.len(), || {
            stop();
            stopped_at = Instant::now();
        });
        for stream in streams {
            assert_eq!(stream.into_text(), ENDED);
        }
        let delay = stopped_at.elapsed();
        assert!(delay < AT_ONCE, "the streams ended after {delay:?}");
        let notes = ["at the gate\n", "Shutdown\n"].map(|note| note.repeat(self.gates.len()));
        self.served.wait_for_notes(&notes.concat());
    }
}

mod builtin_server {
    use super::*;

    fn builtin_server(workers: usize) -> impl FnOnce(&Path, Php) -> Server {
        move |root, php| Builtin::new(root, php).workers(workers).start()
    }

    #[test]
    fn ctrl_c_ends_the_stream_and_the_server() {
        let gated = Gated::new(1, 0, builtin_server(0));
        gated.streams_end(|| gated.served.signal(Signal::INT));
        wait_for_end(gated.served.pid());
    }

    #[test]
    fn ctrl_c_ends_the_streams_of_all_workers_and_the_server() {
        // The one that starts the workers is one, too.
        const WORKERS: usize = 3;
        let gated = Gated::new(WORKERS + 1, 0, builtin_server(WORKERS));
        let processes = gated.processes(WORKERS);
        // A terminal sends it to all.
        gated.streams_end(|| kill_process_group(gated.served.pid(), Signal::INT).unwrap());
        processes.into_iter().for_each(wait_for_end);
    }

    /// The server goes through all connections that have something for it before it looks up.
    #[test]
    fn ctrl_c_ends_the_stream_of_a_request_that_waited_behind_it() {
        let gated = Gated::new(3, 0, builtin_server(0));
        let served = &gated.served;
        let mut connections = [served.connect(), served.connect()];
        wait_for("both connections", soon(), || {
            (served.log().matches("Accepted").count() == connections.len()).then_some(())
        });
        let undisturbed = gated.stopped_at(0..1, || {
            for (connection, gate) in connections.iter_mut().zip(1..) {
                Gated::ask(connection, gate);
            }
        });
        assert!(undisturbed.into_iter().all(|stream| stream.into_body().starts_with(b":\n")));
        served.wait_for_notes("at the gate\nopen\nat the gate\n");
        served.signal(Signal::INT);
        gated.gates[1..].iter().for_each(Gate::release);
        for connection in connections {
            let response = Reader::new(connection).read_to_end(soon()).unwrap();
            assert!(response.ends_with(ENDED.as_bytes()), "{}", response.escape_ascii());
        }
        served.wait_for_notes("at the gate\nopen\nat the gate\nShutdown\nat the gate\nShutdown\n");
        wait_for_end(served.pid());
    }

    /// It has no handler, with the extension or without.
    #[test]
    fn a_termination_ends_the_server_before_the_stream() {
        let gated = Gated::new(1, 0, builtin_server(0));
        let mut connection = gated.served.connect();
        Gated::ask(&mut connection, 0);
        gated.served.wait_for_notes("at the gate\n");
        gated.served.signal(Signal::TERM);
        wait_for_end(gated.served.pid());
        assert_eq!(Reader::new(connection).read_to_end(soon()).unwrap(), b"");
    }

    #[test]
    fn a_signal_ends_a_server_that_serves_nobody() {
        for (workers, signal) in
            [(0, Signal::INT), (0, Signal::TERM), (3, Signal::INT), (3, Signal::TERM)]
        {
            let gated = Gated::new(0, 0, builtin_server(workers));
            assert_eq!(gated.served.get("/next.php").into_body(), b"next");
            let processes = gated.processes(workers);
            kill_process_group(gated.served.pid(), signal).unwrap();
            processes.into_iter().for_each(wait_for_end);
        }
    }

    /// The stream was somebody else's first, and heard the signal; the script's own goes on from there.
    #[test]
    fn a_termination_that_an_adopted_stream_has_heard_ends_the_script_s_own() {
        let script = "<?php
            ignore_user_abort(true);
            header('Content-Type: text/event-stream');
            echo \":\\n\\n\";
            flush();
            note('at the gate');
            fgets(fopen(__DIR__ . '/gate', 'r'));
            $sse = Sse::start(heartbeat: 3600);
            note($sse->wait(0) ? 'open' : $sse->stopReason()->name);
            $sse->close('come back', event: 'goodbye');";
        let site = Site::new().file("stream.php", script);
        let gate = site.gate("gate");
        let served = Served::new(site, Php::with_sse().ini("sse.adopt", "1"), builtin_server(0));
        let stream = served.get("/stream.php");
        served.wait_for_notes("at the gate\n");
        served.signal(Signal::TERM);
        gate.release();
        assert_eq!(stream.into_text(), format!(":\n\n{ENDED}"));
        served.wait_for_notes("at the gate\nShutdown\n");
        wait_for_end(served.pid());
    }
}

mod fpm {
    use super::*;

    /// A worker takes a moment to hear of a reload.
    const PATIENCE: u32 = 3600;

    fn fpm(process_control_timeout: u32) -> impl FnOnce(&Path, Php) -> Server {
        move |root, php| {
            Fpm::new(root, php).children(1).process_control_timeout(process_control_timeout).start()
        }
    }

    #[test]
    fn a_reload_that_waits_ends_the_stream_and_the_worker() {
        let gated = Gated::new(1, PATIENCE, fpm(10));
        let workers = gated.served.workers();
        gated.streams_end(|| gated.served.reload());
        workers.into_iter().for_each(wait_for_end);
        assert_eq!(gated.served.get("/next.php").into_body(), b"next");
    }

    /// As it cuts any page.
    #[test]
    fn a_reload_that_does_not_wait_ends_the_worker_before_the_stream() {
        let gated = Gated::new(1, PATIENCE, fpm(0));
        let workers = gated.served.workers();
        let cut = gated.stopped_at(0..1, || {
            gated.served.reload();
            workers.into_iter().for_each(wait_for_end);
        });
        assert_eq!(cut[0].status(), 502);
        assert_eq!(gated.served.get("/next.php").into_body(), b"next");
    }
}

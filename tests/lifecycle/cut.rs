//! FPM is told to stop or reload in the middle of the write of a large event: the client gets the event
//! whole, and a goodbye, or it is told of no such event.

use std::thread;
use std::time::{Duration, Instant};

use server_tests::event_stream::{Item, parse};
use server_tests::http::Response;
use server_tests::patience::soon;
use server_tests::process::{Pid, Signal, is_running};
use server_tests::reader::End;
use server_tests::server::{Fpm, Php};
use server_tests::site::Site;

use crate::served::{Served, wait_for_end};

/// The ways to tell FPM. The workers are killed at once, after a second, and after three.
const TERMINATE: Stop = Stop { signal: Signal::TERM, process_control_timeout: 0 };
const RELOAD: Stop = Stop { signal: Signal::USR2, process_control_timeout: 0 };
const PATIENT_RELOAD: Stop = Stop { signal: Signal::USR2, process_control_timeout: 2 };

#[derive(Clone, Copy)]
struct Stop {
    signal: Signal,
    process_control_timeout: u32,
}

/// The kinds of connections between nginx and FPM.
const CONNECTIONS: [fn(Fpm) -> Fpm; 3] = [|fpm| fpm, Fpm::keepalive, Fpm::over_tcp];

/// The size of the event, in bytes: more than all buffers on its way hold.
const LARGE: usize = 24 << 20;

/// The worker must be gone within this time.
const SOON: Duration = Duration::from_secs(5);

struct Visit {
    served: Served,
    worker: Pid,
    stream: Response,
    received: Vec<u8>,
}

impl Visit {
    #[track_caller]
    fn new(stop: Stop, connect: fn(Fpm) -> Fpm) -> Self {
        let script = format!(
            "<?php
            $sse = Sse::start(heartbeat: 0.01);
            $sse->send('small');
            $sse->send(str_repeat('x', {LARGE}), event: 'large');
            note('sent');
            $sse->close('come back', event: 'goodbye');"
        );
        let site = Site::new().file("stream.php", script);
        let php = Php::with_sse().ini("memory_limit", "-1");
        let served = Served::new(site, php, |root, php| {
            let fpm = Fpm::new(root, php).children(1);
            connect(fpm.process_control_timeout(stop.process_control_timeout)).start()
        });
        let worker = served.workers()[0];
        let stream = served.get("/stream.php");
        stream.body.source().wire().set_receive_buffer(1 << 16);
        Self { served, worker, stream, received: Vec::new() }
    }

    /// Stops FPM when the client has received a part of the event.
    #[track_caller]
    fn stop_in_the_middle(&mut self, stop: Stop) {
        self.read_while(f64::INFINITY, |visit| visit.received.len() < 1 << 20);
        assert_eq!(self.served.site.read("notes"), "");
        self.served.signal(stop.signal);
    }

    #[track_caller]
    fn read_while(&mut self, bytes_per_second: f64, goes_on: impl Fn(&Self) -> bool) {
        while goes_on(self) {
            let Some(piece) = self.stream.body.next_piece(soon()).unwrap() else { return };
            let length = u32::try_from(piece.bytes.len()).unwrap();
            self.received.extend(piece.bytes);
            thread::sleep(Duration::from_secs_f64(f64::from(length) / bytes_per_second));
        }
    }

    /// Reads all that is left, and answers which events came, with the sizes of their data.
    #[track_caller]
    fn read_to_end(&mut self) -> Vec<(String, usize)> {
        self.received.extend(self.stream.body.read_to_end(soon()).unwrap());
        let event = |item| match item {
            Item::Event(event) => Some((event.event, event.data.len())),
            _ => None,
        };
        parse(&self.received).into_iter().filter_map(event).collect()
    }
}

fn event(kind: &str, size: usize) -> (String, usize) {
    (kind.to_owned(), size)
}

#[track_caller]
fn is_not_dispatched(stop: Stop) {
    for connect in CONNECTIONS {
        let mut visit = Visit::new(stop, connect);
        visit.stop_in_the_middle(stop);
        let stopped_at = Instant::now();
        visit.read_while(500e3, |visit| is_running(visit.worker));
        wait_for_end(visit.worker);
        let delay = stopped_at.elapsed();
        assert!(delay < SOON, "the worker was gone after {delay:?}");

        assert_eq!(visit.read_to_end(), [event("message", "small".len())]);
        // How nginx ends its response depends on how the worker's connection came to its end.
        assert!(visit.stream.body.end().is_some());
    }
}

#[track_caller]
fn is_whole(stop: Stop) {
    for connect in CONNECTIONS {
        let mut visit = Visit::new(stop, connect);
        visit.stop_in_the_middle(stop);
        let all = [("message", "small".len()), ("large", LARGE), ("goodbye", "come back".len())];
        assert_eq!(visit.read_to_end(), all.map(|(kind, size)| event(kind, size)));
        assert_eq!(visit.stream.body.end(), Some(&End::Clean));
        wait_for_end(visit.worker);
    }
}

mod an_event_whose_client_is_slow_is_not_dispatched {
    use super::*;

    #[test]
    fn when_fpm_terminates() {
        is_not_dispatched(TERMINATE);
    }

    #[test]
    fn when_fpm_reloads() {
        is_not_dispatched(RELOAD);
    }

    #[test]
    fn when_fpm_reloads_and_waits() {
        is_not_dispatched(PATIENT_RELOAD);
    }
}

mod an_event_whose_client_hurries_is_whole {
    use super::*;

    #[test]
    fn when_fpm_reloads() {
        is_whole(RELOAD);
    }

    #[test]
    fn when_fpm_reloads_and_waits() {
        is_whole(PATIENT_RELOAD);
    }
}

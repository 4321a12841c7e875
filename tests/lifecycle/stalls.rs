//! A client that reads nothing holds neither its script nor the worker up for longer than
//! `sse.write_timeout`; one that reads slowly is left in peace.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::net::{AddressFamily, SocketType, connect, socket};
use server_tests::http::Wire;
use server_tests::patience::{soon, stretched};
use server_tests::process::{Pid, Signal};
use server_tests::reader::Reader;
use server_tests::server::{Apache, Builtin, Cgi, Fpm, FrankenPhp, Php, Server};
use server_tests::site::Site;

use crate::served::{Served, wait_for_end};

type Start = fn(&Path, Php) -> Server;

const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// The write timeout of those whose client reads nothing. It counts from when a byte was taken last: until then all the
/// buffers on the way fill, which is a matter of milliseconds but where a machine has much else to do.
const STANDSTILL: Duration = Duration::from_secs(3);

/// How long this process has worked, or had something to do and no processor, `proc_pid_schedstat(5)`: in nanoseconds.
const AWAKE: &str = "<?php
    function awake(): int {
        return array_sum(array_slice(explode(' ', @file_get_contents('/proc/self/schedstat')), 0, 2));
    }";

/// Sends until it is told to stop, and notes how long that took.
const SENDS: &str = "
    $sse = Sse::start(heartbeat: 0.5);
    $data = str_repeat('x', 65536);
    note('begun');
    do {
        [$before, $awake] = [hrtime(true), awake()];
    } while ($sse->send($data));
    note(awake() - $awake . ' of ' . (hrtime(true) - $before));
    note($sse->stopReason()->name);";

/// Echoes, as scripts have always done, beside the API.
const ECHOES: &str = "
    ignore_user_abort(true);
    $sse = Sse::start(heartbeat: 0.5);
    $line = 'data: ' . str_repeat('x', 65536) . \"\\n\\n\";
    note('begun');
    do {
        [$before, $awake] = [hrtime(true), awake()];
        echo $line;
        flush();
    } while (!connection_aborted());
    note(awake() - $awake . ' of ' . (hrtime(true) - $before));
    note($sse->stopReason()->name);";

/// Echoes more than any buffer takes, in one go.
const ECHOES_AT_ONCE: &str = "
    ignore_user_abort(true);
    $sse = Sse::start(heartbeat: 0.5);
    $line = 'data: ' . str_repeat('x', 32 << 20) . \"\\n\\n\";
    note('begun');
    [$before, $awake] = [hrtime(true), awake()];
    echo $line;
    flush();
    note(awake() - $awake . ' of ' . (hrtime(true) - $before));
    note($sse->stopReason()->name);";

#[track_caller]
fn serve(script: &str, write_timeout: Duration, start: Start) -> Served {
    let script = format!("{AWAKE}{script}");
    let site = Site::new().file("stream.php", script).file("next.php", "<?php echo 'next';");
    let php = Php::with_sse()
        .ini("sse.write_timeout", &write_timeout.as_secs().to_string())
        .ini("memory_limit", "-1");
    Served::new(site, php, start)
}

const REQUEST: &[u8] = b"GET /stream.php HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A client that has asked for the stream, and reads nothing of it.
#[track_caller]
fn ask(served: &Served) -> Wire {
    let mut wire = served.connect();
    wire.write_all(REQUEST).unwrap();
    wire
}

#[track_caller]
fn is_ended_by_the_write_timeout(script: &str, start: Start) {
    let served = serve(script, STANDSTILL, start);
    let client = ask(&served);
    // Some servers answer first who comes last.
    served.wait_for_notes("begun\n");
    assert_eq!(served.get("/next.php").into_body(), b"next");

    let notes = served.site.read("notes");
    let [begun, took, reason] = notes.lines().collect::<Vec<_>>()[..] else { panic!("{notes}") };
    assert_eq!((begun, reason), ("begun", "WriteTimeout"));
    let [awake, took] = took.split(" of ").collect::<Vec<_>>()[..] else { panic!("{notes}") };
    let [awake, took] = [awake, took].map(|it| Duration::from_nanos(it.parse().unwrap()));
    assert!(took >= STANDSTILL, "it took {took:?}");
    // What it has done and what the processor had to do for others is not waited for. Whatever is waited for a second
    // time takes twice as long at least.
    let waited = took.saturating_sub(awake);
    let most = STANDSTILL + stretched(STANDSTILL);
    assert!(waited < most, "it waited for {waited:?} of {took:?}");
    drop(client);
}

/// A stream of one large event, whose client takes three times the write timeout to read it.
#[track_caller]
fn a_slow_client_gets_everything(start: Start) {
    const EVENT: usize = 12 << 20;
    const ROUNDS: u32 = 300;

    let script = format!(
        "
        $sse = Sse::start(heartbeat: 0.5);
        $sse->send(str_repeat('x', {EVENT}));
        $sse->close();
        note($sse->stopReason()->name);"
    );
    let served = serve(&script, WRITE_TIMEOUT, start);
    let mut reader = Reader::new(ask(&served));
    let mut bytes = Vec::new();
    for round in 1..=ROUNDS {
        let share = EVENT * usize::try_from(round).unwrap() / usize::try_from(ROUNDS).unwrap();
        while bytes.len() < share {
            match reader.next_piece(soon()).unwrap() {
                Some(piece) => bytes.extend(piece.bytes),
                None => panic!("it ended after {} bytes", bytes.len()),
            }
        }
        thread::sleep(WRITE_TIMEOUT * 3 / ROUNDS);
    }
    served.wait_for_notes("Closed\n");
}

/// A client that reads all the time, but so slowly that the system never says that there is room: it says
/// so when a good part of its buffer is free again.
#[track_caller]
fn a_trickle_is_no_standstill(script: &str, start: Start) {
    const BYTES_PER_SECOND: f64 = 80e3;
    /// The client's own system tells of room only when about half of this is free again: at this pace a
    /// few times a second. With the usual 128 KiB nearly as much time goes by as the write timeout.
    const CLIENTS_ROOM: usize = 16 << 10;

    let served = serve(script, WRITE_TIMEOUT, start);
    let mut client = served.connect();
    client.set_receive_buffer(CLIENTS_ROOM);
    client.write_all(REQUEST).unwrap();
    let mut reader = Reader::new(client);
    let since = Instant::now();
    while since.elapsed() < WRITE_TIMEOUT * 4 {
        let Some(piece) = reader.next_piece(soon()).unwrap() else { panic!("it ended") };
        let length = u32::try_from(piece.bytes.len()).unwrap();
        thread::sleep(Duration::from_secs_f64(f64::from(length) / BYTES_PER_SECOND));
    }
    assert_eq!(served.site.read("notes"), "begun\n");
}

macro_rules! on_every_server {
    ($($server:ident: $start:expr,)*) => {
        $(mod $server {
            use super::*;

            const START: Start = $start;

            #[test]
            fn sending_to_a_client_that_reads_nothing_ends() {
                is_ended_by_the_write_timeout(SENDS, START);
            }

            #[test]
            fn echoing_to_a_client_that_reads_nothing_ends() {
                is_ended_by_the_write_timeout(ECHOES, START);
            }

            #[test]
            fn echoing_a_lot_to_a_client_that_reads_nothing_ends() {
                is_ended_by_the_write_timeout(ECHOES_AT_ONCE, START);
            }

            #[test]
            fn a_client_that_reads_slowly_gets_everything() {
                a_slow_client_gets_everything(START);
            }
        })*
    };
}

on_every_server! {
    builtin_server: |root, php| Builtin::new(root, php).start(),
    fpm: |root, php| Fpm::new(root, php).children(1).start(),
    fpm_over_tcp: |root, php| Fpm::new(root, php).children(1).over_tcp().start(),
    fpm_keepalive: |root, php| Fpm::new(root, php).children(1).keepalive().start(),
    cgi: |root, php| Cgi::new(root, php).children(1).start(),
    apache: |root, php| Apache::new(root, php).children(1).start(),
    apache_with_tls: |root, php| Apache::new(root, php).children(1).tls().start(),
    frankenphp: |root, php| FrankenPhp::new(root, php).threads(1).start(),
    frankenphp_worker: |root, php| FrankenPhp::new(root, php).worker_mode().threads(1).start(),
}

/// Where PHP itself writes to the client. nginx takes nothing from PHP either before it can get rid of it.
mod a_client_that_reads_a_trickle {
    use super::*;

    #[test]
    fn of_the_builtin_server() {
        for script in [SENDS, ECHOES] {
            a_trickle_is_no_standstill(script, |root, php| Builtin::new(root, php).start());
        }
    }

    #[test]
    fn of_apache() {
        for script in [SENDS, ECHOES] {
            a_trickle_is_no_standstill(script, |root, php| {
                Apache::new(root, php).children(1).start()
            });
        }
    }

    #[test]
    fn of_frankenphp() {
        for script in [SENDS, ECHOES] {
            a_trickle_is_no_standstill(script, |root, php| {
                FrankenPhp::new(root, php).threads(1).start()
            });
        }
    }

    #[test]
    fn of_apache_with_tls() {
        a_trickle_is_no_standstill(SENDS, |root, php| {
            Apache::new(root, php).children(1).tls().start()
        });
    }
}

/// Echoes without a flush, as little as httpd holds back, and lets heartbeats fall due meanwhile.
const ECHOES_UNFLUSHED: &str = "
    ignore_user_abort(true);
    $sse = Sse::start(heartbeat: 0.05);
    note('begun');
    do {
        echo 'data: ', str_repeat('x', 7_000), \"\\n\\n\";
        usleep(200_000);
    } while ($sse->isOpen());
    $sse->send('x');
    note($sse->stopReason()->name);";

/// The client takes nothing of what httpd holds back: neither a heartbeat nor the script is stuck in there,
/// and nobody spins.
#[test]
fn what_apache_holds_back_for_a_client_that_reads_nothing_costs_no_time() {
    // No more than this share of the time that it took.
    const MOST: f64 = 0.25;

    let served = serve(ECHOES_UNFLUSHED, WRITE_TIMEOUT, |root, php| {
        // Less than httpd holds back.
        Apache::new(root, php).children(1).line("SendBufferSize 2048").start()
    });
    let [worker] = served.workers()[..] else { panic!("one worker") };
    let (began, used_before) = (Instant::now(), time_used(worker));
    let mut client = with_little_room(served.addr());
    client.write_all(REQUEST).unwrap();
    assert_eq!(served.get("/next.php").into_body(), b"next");
    let (took, used) = (began.elapsed(), time_used(worker).saturating_sub(used_before));

    let notes = served.site.read("notes");
    assert!(
        notes.ends_with("\nWriteTimeout\n"),
        "after {took:?} and {used:?} of the processor: {notes}"
    );
    let most = took.mul_f64(MOST);
    assert!(used < most, "{used:?} of the processor in {took:?}");
    drop(client);
}

/// A connection of which the system takes in as little as it may, from the start.
fn with_little_room(server: SocketAddr) -> TcpStream {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    set_socket_recv_buffer_size(&socket, 1).unwrap();
    connect(&socket, &server).unwrap();
    socket.into()
}

/// The time of the processor that a process has used.
fn time_used(process: Pid) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields = stat.rsplit(") ").next().unwrap().split(' ');
    // `utime` and `stime`, proc_pid_stat(5), in hundredths of a second everywhere.
    let ticks: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

#[test]
fn a_client_that_reads_nothing_does_not_hold_up_ctrl_c() {
    let served = serve(SENDS, Duration::from_secs(60), |root, php| Builtin::new(root, php).start());
    let _client = ask(&served);
    served.wait_for_notes("begun\n");
    served.signal(Signal::INT);
    wait_for_end(served.pid());
}

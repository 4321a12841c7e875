//! Children of a worker, forked or started as programs: the stream is none of theirs, whether they end
//! at once or outlive it, and its keeper goes on as if they were not there.

use std::path::Path;

use server_tests::http::Response;
use server_tests::patience::soon;
use server_tests::process::{Pid, is_running};
use server_tests::reader::End;
use server_tests::server::{Apache, Builtin, Cgi, Cli, Fpm, Php, Server};
use server_tests::site::{Gate, Site};

use crate::served::{Served, read_pid};

type Start = fn(&Path, Php) -> Server;

const BUILTIN: Start = |root, php| Builtin::new(root, php).start();
const FPM: Start = |root, php| Fpm::new(root, php).children(1).start();
const FPM_KEEPALIVE: Start = |root, php| Fpm::new(root, php).children(1).keepalive().start();
const CGI: Start = |root, php| Cgi::new(root, php).children(1).start();
const APACHE: Start = |root, php| Apache::new(root, php).children(1).start();

/// A test of this name for each server.
macro_rules! on_every_server {
    ($test:ident, $run:expr) => {
        mod $test {
            use super::*;
            on_every_server! {
                $run, builtin: BUILTIN, fpm: FPM, fpm_keepalive: FPM_KEEPALIVE, cgi: CGI, apache: APACHE
            }
        }
    };
    ($run:expr, $($server:ident: $start:ident),*) => {
        $(
            #[test]
            fn $server() {
                let run: fn(Start) = $run;
                run($start);
            }
        )*
    };
}

/// Servers whose PHP has `pcntl_fork()`.
const FORKING_SERVERS: [Start; 2] = [BUILTIN, CGI];

/// A body without its heartbeats, and without the line that follows one at the end.
fn without_heartbeats(received: Vec<u8>) -> String {
    let text = String::from_utf8(received).unwrap();
    text.split_inclusive('\n').filter(|line| ![":\n", "event\n"].contains(line)).collect()
}

mod that_stay {
    use super::*;

    /// Scripts that start a child which outlives them; `child()` returns its process id.
    const EXEC: &str = "<?php
        function child(): string
        {
            return exec('sleep 60 > /dev/null 2>&1 & echo $!');
        }";
    const PROC_OPEN: &str = "<?php
        function child(): string
        {
            $null = ['file', '/dev/null', 'r+'];
            $shell = proc_open('sleep 60 > /dev/null & echo $!', [$null, ['pipe', 'w'], $null], $pipes);
            return trim(fgets($pipes[1]));
        }";
    const FORK: &str = "<?php
        function child(): string
        {
            $child = pcntl_fork();
            while ($child === 0) {
                sleep(60);
            }
            return $child;
        }";

    const STREAM: &str = "
        $sse = Sse::start(heartbeat: 0.01);
        $sse->send(child());
        fgets(fopen(__DIR__ . '/gate', 'r'));
        $sse->send('last');";

    struct Family {
        served: Served,
        gate: Gate,
        stream: Response,
        child: Pid,
    }

    impl Family {
        #[track_caller]
        fn new(child: &str, start: Start) -> Self {
            let site = Site::new()
                .file("stream.php", child.to_owned() + STREAM)
                .file("next.php", "<?php echo 'next';");
            let gate = site.gate("gate");
            let served = Served::new(site, Php::with_sse(), start);
            let mut stream = served.get("/stream.php");
            let child = read_pid(&mut stream);
            Self { served, gate, stream, child }
        }

        /// The keeper goes on; the client sees the end; the worker serves the next one.
        #[track_caller]
        fn lives_well(mut self) {
            self.stream.body.read_until(b":\n:\n:\n", soon()).unwrap();
            self.gate.release();
            let rest = self.stream.body.read_to_end(soon()).unwrap();
            assert_eq!(without_heartbeats(rest), "data: last\n\n");
            assert_eq!(self.stream.body.end(), Some(&End::Clean));
            assert_eq!(self.served.get("/next.php").into_body(), b"next");
            assert!(is_running(self.child));
        }
    }

    on_every_server!(in_the_background_are_no_burden, |start| {
        Family::new(EXEC, start).lives_well();
    });

    on_every_server!(of_proc_open_are_no_burden, |start| {
        Family::new(PROC_OPEN, start).lives_well();
    });

    #[test]
    fn forked_are_no_burden() {
        for start in FORKING_SERVERS {
            Family::new(FORK, start).lives_well();
        }
    }
}

mod that_end_at_once {
    use super::*;

    const CHILDREN: usize = 100;

    /// Starts children while heartbeats are being sent, so that one may begin in the middle of one.
    const SCRIPT: &str = r#"<?php
        $sse = Sse::start(heartbeat: 0.0001);
        for ($i = 0; $i < CHILDREN; $i++) {
            $sse->send("$i before");
            CHILD;
            $sse->send("$i after");
        }"#;

    const PROGRAMS: &str = "
        exec('true');
        proc_close(proc_open(['true'], [], $pipes))";

    /// A child that tries everything; it ends by `THE_END`.
    const FORK: &str = r#"
        $child = pcntl_fork();
        if ($child === 0) {
            $answers = [
                $sse->send('from the child'),
                $sse->sendMany(['from the child']),
                $sse->comment('from the child'),
                $sse->wait(0),
                $sse->isOpen(),
                $sse->stopReason()?->name,
            ];
            $sse->close('from the child');
            file_put_contents(__DIR__ . '/answers', json_encode($answers) . "\n", FILE_APPEND);
            THE_END;
        }
        pcntl_waitpid($child, $status)"#;

    /// A worker's child that ends in peace goes on as a server.
    const KILLED: &str = "exec('kill -9 ' . getmypid())";

    fn script(child: &str) -> Site {
        let script = SCRIPT.replace("CHILDREN", &CHILDREN.to_string()).replace("CHILD", child);
        Site::new().file("stream.php", script)
    }

    #[track_caller]
    fn assert_untouched(received: Vec<u8>) {
        let events = |i| format!("data: {i} before\n\ndata: {i} after\n\n");
        let all: String = (0..CHILDREN).map(events).collect();
        assert_eq!(without_heartbeats(received), all);
    }

    #[track_caller]
    fn leave_the_stream_alone(child: &str, start: Start) -> Served {
        let served = Served::new(script(child), Php::with_sse(), start);
        assert_untouched(served.get("/stream.php").into_body());
        served
    }

    /// To each child, the stream was closed.
    #[track_caller]
    fn assert_closed_to_forks(site: &Site) {
        let answers = "[false,false,false,false,false,\"Closed\"]\n";
        assert_eq!(site.read("answers"), answers.repeat(CHILDREN));
    }

    on_every_server!(programs_leave_the_stream_alone, |start| {
        leave_the_stream_alone(PROGRAMS, start);
    });

    #[test]
    fn forks_leave_the_stream_of_a_worker_alone() {
        for start in FORKING_SERVERS {
            let served = leave_the_stream_alone(&FORK.replace("THE_END", KILLED), start);
            assert_closed_to_forks(&served.site);
        }
    }

    #[test]
    fn forks_leave_the_stream_of_the_command_line_alone() {
        let site = script(&FORK.replace("THE_END", "exit()"));
        let (mut process, mut stdout) = Cli::new(site.path("stream.php"), Php::with_sse()).start();
        let received = stdout.read_to_end(soon()).unwrap();
        assert!(process.wait(soon()).success());
        assert_untouched(received);
        assert_closed_to_forks(&site);
    }
}

mod forks {
    use super::*;

    #[test]
    fn may_open_a_stream_of_their_own_on_the_command_line() {
        let site = Site::new().file(
            "stream.php",
            "<?php
            $sse = Sse::start(heartbeat: 3600);
            $sse->send('parent');
            $child = pcntl_fork();
            if ($child === 0) {
                $own = Sse::start(heartbeat: 0.01);
                $own->send('child');
                fgets(fopen(__DIR__ . '/gate', 'r'));
                exit;
            }
            pcntl_waitpid($child, $status);
            $sse->send('parent again');",
        );
        let gate = site.gate("gate");
        let (_process, mut stdout) = Cli::new(site.path("stream.php"), Php::with_sse()).start();
        let before = stdout.read_until(b"data: child\n\n", soon()).unwrap();
        assert_eq!(before, b":\ndata: parent\n\n:\ndata: child\n\n");
        stdout.read_until(b":\n:\n:\n", soon()).unwrap();
        gate.release();
        let rest = stdout.read_to_end(soon()).unwrap();
        assert_eq!(without_heartbeats(rest), "data: parent again\n\n");
    }

    /// It goes on as a server then, and answers what comes while its parent is busy.
    #[test]
    fn that_end_in_peace_leave_the_response_to_their_parent() {
        let script = "<?php
            $sse = Sse::start(heartbeat: 0.01);
            $sse->send('before');
            if (pcntl_fork() === 0) {
                echo 'from the child';
                flush();
                $sse->close('from the child');
                echo 'from the child';
                exit;
            }
            fgets(fopen(__DIR__ . '/gate', 'r'));
            $sse->send('after');";
        for start in FORKING_SERVERS {
            let site =
                Site::new().file("stream.php", script).file("next.php", "<?php echo 'next';");
            let gate = site.gate("gate");
            let served = Served::new(site, Php::with_sse(), start);
            let mut stream = served.open();
            assert_eq!(served.get("/next.php").into_body(), b"next");
            stream.body.read_until(b":\n:\n", soon()).unwrap();
            gate.release();
            assert_eq!(without_heartbeats(stream.into_body()), "data: after\n\n");
        }
    }

    /// The stream holds the signal off its worker, not off a child of that.
    #[test]
    fn end_when_they_are_terminated() {
        let script = "<?php
            $sse = Sse::start(heartbeat: 3600);
            $child = pcntl_fork();
            while ($child === 0) {
                sleep(60);
            }
            exec(\"kill $child\");
            pcntl_waitpid($child, $status);
            $sse->send(pcntl_wtermsig($status) === SIGTERM ? 'terminated' : $status);";
        let served = Served::script(script, BUILTIN);
        assert_eq!(served.get("/stream.php").into_body(), b":\ndata: terminated\n\n");
    }
}

mod programs_inherit_nothing {
    use super::*;

    /// The descriptors of a program that is run before a stream, and of one that is run during it.
    const SCRIPT: &str = "<?php
        function descriptors(): string
        {
            return preg_replace('/\\d+/', '', shell_exec('readlink /proc/self/fd/*'));
        }
        $before = descriptors();
        $sse = Sse::start(heartbeat: 0.001);
        $sse->send(descriptors() === $before ? 'the same' : \"$before\\nbecame\\n\" . descriptors());";

    on_every_server!(from_a_server, |start| {
        let received = Served::script(SCRIPT, start).get("/stream.php").into_body();
        assert_eq!(without_heartbeats(received), "data: the same\n\n");
    });

    #[test]
    fn on_the_command_line() {
        let site = Site::new().file("stream.php", SCRIPT);
        let (_process, mut stdout) = Cli::new(site.path("stream.php"), Php::with_sse()).start();
        let received = stdout.read_to_end(soon()).unwrap();
        assert_eq!(without_heartbeats(received), "data: the same\n\n");
    }
}

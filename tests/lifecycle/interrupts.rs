//! `sse.interrupt`: a script that is busy is left when its client leaves; by default it goes on.
//! `sse.ignore_half_close`: a client that only stops sending counts as there.

use std::path::Path;

use server_tests::http::Request;
use server_tests::patience::soon;
use server_tests::server::{Apache, Builtin, Cgi, Fpm, Php, Server};
use server_tests::site::Site;

use crate::served::Served;

type Start = fn(&Path, Php) -> Server;

/// Is busy when its client leaves.
const BUSY: &str = r#"<?php
    function work(): void
    {
        try {
            note('busy');
            while (true);
        } finally {
            note('finally');
        }
    }
    final class Guard { public function __destruct() { note('destructor'); } }

    $guard = new Guard();
    $sse = Sse::start(heartbeat: 3600)->onClose(fn ($reason) => note("onClose: $reason->name"));
    $sse->send('ready');
    try {
        work();
    } catch (SseException $exception) {
        note(get_class($exception) . ': ' . $exception->getMessage());
    }
    // It comes once: this is not interrupted.
    for ($i = 0; $i < 1000000; $i++);
    note($sse->isOpen() ? 'open' : 'closed');
    unset($guard);
    note('end');"#;

#[track_caller]
fn leaves_a_busy_script(start: Start) {
    let php = Php::with_sse().ini("sse.interrupt", "1");
    let served = Served::new(Site::new().file("stream.php", BUSY), php, start);
    let stream = served.open();
    served.wait_for_notes("busy\n");
    stream.into_wire().close();
    served.wait_for_notes(
        "busy\nfinally\nSseClientGone: The client has left\nonClose: ClientGone\nclosed\ndestructor\nend\n",
    );
}

#[track_caller]
fn has_to_be_asked_for(start: Start) {
    let script = "<?php
        Sse::start(heartbeat: 3600)->send('ready');
        while (!connection_aborted());
        for ($i = 0; $i < 1000000; $i++);
        note('undisturbed');";
    let served = Served::script(script, start);
    served.open().into_wire().close();
    served.wait_for_notes("undisturbed\n");
}

/// The worker's next script is none of the departed client's.
#[track_caller]
fn leaves_the_next_request_alone(start: Start) {
    let site = Site::new()
        .file("stream.php", "<?php Sse::start(heartbeat: 3600)->send('ready');")
        .file("next.php", "<?php for ($i = 0; $i < 1000000; $i++); echo 'next';");
    let served = Served::new(site, Php::with_sse().ini("sse.interrupt", "1"), start);
    for _ in 0..20 {
        served.open().into_wire().reset();
        assert_eq!(served.get("/next.php").into_body(), b"next");
    }
}

macro_rules! on_every_server {
    ($($server:ident: $start:expr,)*) => {
        $(mod $server {
            use super::*;

            const START: Start = $start;

            #[test]
            fn an_interrupt_leaves_a_busy_script_once() {
                leaves_a_busy_script(START);
            }

            #[test]
            fn an_interrupt_is_not_for_the_next_request() {
                leaves_the_next_request_alone(START);
            }

            #[test]
            fn an_interrupt_has_to_be_asked_for() {
                has_to_be_asked_for(START);
            }
        })*
    };
}

on_every_server! {
    builtin_server: |root, php| Builtin::new(root, php).start(),
    fpm: |root, php| Fpm::new(root, php).children(1).start(),
    cgi: |root, php| Cgi::new(root, php).children(1).start(),
    apache: |root, php| Apache::new(root, php).children(1).start(),
}

mod a_half_close {
    use super::*;

    const SCRIPT: &str = "<?php
        $sse = Sse::start(heartbeat: 3600);
        $sse->send('ready');
        $sse->wait(file_exists(__DIR__ . '/hurry') ? 0.2 : 3600);
        note($sse->stopReason()?->name ?? 'open');
        $sse->send('more');
        $sse->wait(3600);
        note($sse->stopReason()->name);";

    #[track_caller]
    fn serve(ignored: &str, start: Start) -> Served {
        let site = Site::new().file("stream.php", SCRIPT);
        if ignored == "1" {
            site.write("hurry", "");
        }
        Served::new(site, Php::with_sse().ini("sse.ignore_half_close", ignored), start)
    }

    #[track_caller]
    fn counts_as_gone(start: Start) {
        let served = serve("0", start);
        let stream = served.open();
        stream.body.source().wire().half_close();
        served.wait_for_notes("ClientGone\nClientGone\n");
    }

    #[track_caller]
    fn may_be_ignored(start: Start) {
        let served = serve("1", start);
        let mut stream = served.open();
        stream.body.source().wire().half_close();
        assert_eq!(stream.body.read_until(b"\n\n", soon()).unwrap(), b"data: more\n\n");
        // A reset is a disconnect all the same.
        stream.into_wire().reset();
        served.wait_for_notes("open\nClientGone\n");
    }

    const BUILTIN: Start = |root, php| Builtin::new(root, php).start();
    const APACHE: Start = |root, php| Apache::new(root, php).children(1).start();

    #[test]
    fn counts_as_gone_on_the_builtin_server() {
        counts_as_gone(BUILTIN);
    }

    #[test]
    fn counts_as_gone_on_apache() {
        counts_as_gone(APACHE);
    }

    #[test]
    fn may_be_ignored_on_the_builtin_server() {
        may_be_ignored(BUILTIN);
    }

    #[test]
    fn may_be_ignored_on_apache() {
        may_be_ignored(APACHE);
    }
}

#[test]
fn a_head_request_has_no_keeper() {
    let script = "<?php
        Sse::start(heartbeat: 0.01);
        note(count(scandir('/proc/self/task')) - 2);";
    let served = Served::script(script, |root, php| Fpm::new(root, php).children(1).start());
    assert_eq!(served.send(&Request::head("/stream.php")).into_body(), b"");
    served.wait_for_notes("1\n");
}

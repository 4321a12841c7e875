//! The support library on plain PHP: what it starts runs, what it reads is what was sent, and what it
//! started is gone afterwards.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::{
    cell::OnceCell,
    env,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use server_tests::{
    binary,
    browser::{Browser, Kind},
    event_stream::{EventStreamReader, Item},
    http::{Endpoint, Request},
    in_each_browser,
    oracle::{Oracle, OracleEvent},
    patience::{soon, wait_for, wait_for_eq, within},
    port::start_on_free_port,
    process::{Pid, Process, Signal},
    reader::{End, ReadError},
    server::{Apache, Builtin, Cgi, Cli, Fpm, Php, Server},
    site::Site,
};

/// An event stream as PHP's users write it by hand, held before each event.
const LOOP: &str = "<?php
header('Content-Type: text/event-stream');
header('X-Accel-Buffering: no');
echo \": hello\\n\\n\";
$gate = fopen(__DIR__ . '/gate', 'r');
foreach (['one', 'two'] as $i => $word) {
    flush();
    fgets($gate);
    echo \"id: $i\\ndata: $word\\n\\n\";
}
";

#[track_caller]
fn streams(start: impl FnOnce(&Path) -> Server) {
    let site = Site::new().file("loop.php", LOOP);
    let gate = site.gate("gate");
    let server = start(site.as_ref());

    let response = server.get("/loop.php");
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    let mut events = response.events();
    let hello = events.next_item(soon()).unwrap();
    assert!(matches!(hello, Some(Item::Comment { text, .. }) if text == " hello"));
    for (id, word) in ["one", "two"].into_iter().enumerate() {
        gate.release();
        let event = events.next_event();
        assert_eq!((event.data.as_str(), event.id), (word, Some(id.to_string())));
    }
    assert_eq!(events.next_item(soon()).unwrap(), None);
    assert_eq!(events.end(), Some(&End::Clean));
}

#[test]
fn the_builtin_server_streams() {
    streams(|root| Builtin::new(root, Php::plain()).start());
}

#[test]
fn the_builtin_server_streams_with_workers() {
    streams(|root| Builtin::new(root, Php::plain()).workers(2).start());
}

#[test]
fn fpm_streams() {
    streams(|root| Fpm::new(root, Php::plain()).start());
}

#[test]
fn fpm_streams_over_tcp_with_keepalive() {
    streams(|root| Fpm::new(root, Php::plain()).over_tcp().keepalive().start());
}

#[test]
fn php_cgi_streams() {
    streams(|root| Cgi::new(root, Php::plain()).start());
}

#[test]
fn php_cgi_streams_with_keepalive_and_without_children() {
    streams(|root| Cgi::new(root, Php::plain()).keepalive().children(0).start());
}

#[test]
fn apache_streams() {
    streams(|root| Apache::new(root, Php::plain()).start());
}

#[test]
fn apache_streams_over_tls_and_with_deflate() {
    streams(|root| Apache::new(root, Php::plain()).tls().deflate().start());
}

#[test]
fn deflate_is_on_where_it_was_asked_for() {
    let site = Site::new().file("a.php", "<?php echo str_repeat('a', 1000);");
    let server = Apache::new(&site, Php::plain()).deflate().start();
    let response = server.send(&Request::get("/a.php").header("Accept-Encoding", "gzip"));
    assert_eq!(response.header("Content-Encoding"), Some("gzip"));
    assert_eq!(server.get("/a.php").into_body(), [b'a'; 1000]);
}

#[test]
fn the_command_line_has_pipes() {
    let script = "<?php
        fwrite(STDERR, 'careful');
        echo \"data: $argv[1]\\n\\n\";
        echo 'data: ', fgets(STDIN), \"\\n\";";
    let site = Site::new().file("echo.php", script);
    let (mut php, stdout) =
        Cli::new(site.path("echo.php"), Php::plain()).argument("argument").start();
    let mut events = EventStreamReader::new(stdout);
    assert_eq!(events.next_event().data, "argument");
    php.write(b"line\n");
    assert_eq!(events.next_event().data, "line");
    assert_eq!(events.next_item(soon()).unwrap(), None);
    assert!(php.wait(soon()).success());
    assert_eq!(php.stderr(), "careful");
}

#[test]
fn php_has_the_ini_settings_of_the_test_and_no_others() {
    let script = "<?php echo ini_get('precision'), ' ', var_export(php_ini_scanned_files(), true);";
    let site = Site::new().file("ini.php", script);
    let php = Php::plain().ini("precision", "9");
    for server in [
        Builtin::new(&site, php.clone()).start(),
        Fpm::new(&site, php.clone()).start(),
        Cgi::new(&site, php.clone()).start(),
        Apache::new(&site, php).start(),
    ] {
        assert_eq!(server.get("/ini.php").into_body().escape_ascii().to_string(), "9 false");
    }
}

#[test]
fn a_reload_replaces_the_workers() {
    let site = Site::new().file("pid.php", "<?php echo getmypid();");
    for server in [Fpm::new(&site, Php::plain()).start(), Apache::new(&site, Php::plain()).start()]
    {
        let before = server.workers();
        server.reload();
        wait_for("fresh workers", soon(), || {
            let now = server.workers();
            let all_are_new = now.iter().all(|worker| !before.contains(worker));
            (all_are_new && now != [server.pid()]).then_some(())
        });
        let pid = String::from_utf8(server.get("/pid.php").into_body()).unwrap();
        assert!(!before.contains(&Pid::from_raw(pid.parse().unwrap()).unwrap()));
    }
}

#[test]
fn the_log_has_what_php_logged() {
    let site = Site::new().file("log.php", "<?php error_log('a fine mess'); echo 'ok';");
    for server in [
        Builtin::new(&site, Php::plain()).start(),
        Fpm::new(&site, Php::plain()).start(),
        Cgi::new(&site, Php::plain()).start(),
        Apache::new(&site, Php::plain()).start(),
    ] {
        assert_eq!(server.get("/log.php").into_body(), b"ok");
        wait_for("the log", soon(), || server.log().contains("a fine mess").then_some(()));
    }
}

#[test]
fn paths_that_are_no_files_go_to_the_front_controller() {
    let site = Site::new().file("index.php", "<?php echo $_SERVER['REQUEST_URI'];");
    let server = Fpm::new(&site, Php::plain()).front_controller("index.php").start();
    assert_eq!(server.get("/some/where?x=1").into_body(), b"/some/where?x=1");
    let server = Fpm::new(&site, Php::plain()).start();
    assert_eq!(server.get("/some/where").status(), 404);
}

#[test]
fn a_server_is_gone_with_its_value() {
    let site = Site::new().file("a.php", "<?php echo 1;");
    for server in [
        Builtin::new(&site, Php::plain()).workers(2).start(),
        Fpm::new(&site, Php::plain()).start(),
        Cgi::new(&site, Php::plain()).start(),
        Apache::new(&site, Php::plain()).start(),
    ] {
        let addr = server.addr();
        let pids = [vec![server.pid()], server.workers()].concat();
        assert!(pids.iter().all(|pid| runs(*pid)));
        drop(server);
        wait_for_eq(&false, soon(), || pids.iter().any(|pid| runs(*pid)));
        assert!(TcpStream::connect(addr).is_err());
    }
}

#[test]
fn a_server_is_gone_with_the_test_process_even_if_that_is_killed() {
    const ROLE: &str = "SSE_TEST_START_AND_BE_KILLED";
    const NAME: &str = "a_server_is_gone_with_the_test_process_even_if_that_is_killed";
    if let Some(report) = env::var_os(ROLE) {
        let site = Site::new();
        let server = Fpm::new(&site, Php::plain()).start();
        let pids = [vec![server.pid()], server.workers()].concat();
        let pids: Vec<_> = pids.iter().map(Pid::to_string).collect();
        std::fs::write(report, pids.join(" ") + "\n").unwrap();
        wait_for::<()>("being killed", soon(), || None);
    }

    let site = Site::new();
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--exact", NAME]).env(ROLE, site.path("pids"));
    again.env("TMPDIR", site.path(""));
    let test = Process::spawn("test", &mut again, site.as_ref());
    let pids: Vec<Pid> = wait_for("the pids", soon(), || {
        let pids = site.read("pids").strip_suffix('\n')?.to_owned();
        Some(pids.split(' ').map(|pid| Pid::from_raw(pid.parse().unwrap()).unwrap()).collect())
    });
    assert!(pids.len() > 1 && pids.iter().all(|pid| runs(*pid)));
    test.signal(Signal::KILL);
    wait_for_eq(&false, soon(), || pids.iter().any(|pid| runs(*pid)));
}

#[test]
fn a_server_hears_signals_that_whoever_runs_the_tests_ignores() {
    const ROLE: &str = "SSE_TEST_IGNORES_SIGNALS";
    const NAME: &str = "a_server_hears_signals_that_whoever_runs_the_tests_ignores";
    const IGNORE: &str = "trap '' HUP INT QUIT TERM; exec \"$0\" \"$@\"";
    if env::var_os(ROLE).is_some() {
        for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM] {
            let site = Site::new();
            let server = Builtin::new(&site, Php::plain()).start();
            server.signal(signal);
            wait_for_eq(&false, soon(), || runs(server.pid()));
        }
        return;
    }

    let mut again = Command::new("sh");
    again.args(["-c", IGNORE]).arg(env::current_exe().unwrap()).args(["--exact", NAME]);
    let output = again.env(ROLE, "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_programs_of_a_php_that_was_named_are_those_beside_it() {
    const ROLE: &str = "SSE_TEST_NAMED_PHP";
    const NAME: &str = "the_programs_of_a_php_that_was_named_are_those_beside_it";
    if let Some(prefix) = env::var_os(ROLE) {
        let found = [binary::php_fpm(), binary::php_cgi()].map(|path| path.canonicalize().unwrap());
        assert_eq!(
            found,
            ["sbin/php-fpm", "bin/php-cgi"].map(|name| Path::new(&prefix).join(name))
        );
        return;
    }

    let php = binary::php().canonicalize().unwrap();
    let site = Site::new().file("sbin/php-fpm", "").file("bin/php-cgi", "");
    std::os::unix::fs::symlink(php, site.path("bin/php")).unwrap();
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--exact", NAME]).env(ROLE, site.path("")).env("PHP", site.path("bin/php"));
    let output = again.env_remove("PHP_FPM").env_remove("PHP_CGI").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn runs(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

/// An endpoint where `serve` talks to one client.
fn endpoint(serve: impl FnOnce(TcpStream) + Send + 'static) -> (Endpoint, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 16]).unwrap();
        serve(stream);
    });
    (Endpoint::plain(addr), thread)
}

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn a_stream_that_is_cut_off_does_not_end_cleanly() {
    let (endpoint, _thread) = endpoint(|mut stream| {
        stream.write_all(&[CHUNKED, b"9\r\ndata: 1\n\n\r\n"].concat()).unwrap();
    });
    let mut response = endpoint.get("/");
    assert_eq!(response.body.read_to_end(soon()).unwrap(), b"data: 1\n\n");
    assert!(matches!(response.body.end(), Some(End::Cut(_))));
}

#[test]
fn what_came_before_a_deadline_is_told_and_kept() {
    let (go, wait) = std::sync::mpsc::channel();
    let (endpoint, thread) = endpoint(move |mut stream| {
        stream.write_all(&[CHUNKED, b"3\r\none\r\n"].concat()).unwrap();
        wait.recv().unwrap();
        stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n").unwrap();
    });
    let mut response = endpoint.get("/");
    let late = response.body.read_until(b"two", within(Duration::from_millis(50)));
    assert!(matches!(late, Err(ReadError::Late { received }) if received == b"one"));
    go.send(()).unwrap();
    assert_eq!(response.body.read_until(b"etw", soon()).unwrap(), b"onetw");
    assert_eq!(response.body.read_to_end(soon()).unwrap(), b"o");
    assert_eq!(response.body.end(), Some(&End::Clean));
    thread.join().unwrap();
}

#[test]
fn each_piece_has_its_time_of_arrival() {
    let (go, wait) = std::sync::mpsc::channel();
    let (endpoint, _thread) = endpoint(move |mut stream| {
        stream.write_all(&[CHUNKED, b"3\r\none\r\n"].concat()).unwrap();
        wait.recv().unwrap();
        stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n").unwrap();
    });
    let mut response = endpoint.get("/");
    let one = response.body.next_piece(soon()).unwrap().unwrap();
    let between = Instant::now();
    go.send(()).unwrap();
    let two = response.body.next_piece(soon()).unwrap().unwrap();
    assert_eq!((one.bytes, two.bytes), (b"one".to_vec(), b"two".to_vec()));
    assert!(one.at <= between && between < two.at);
    assert_eq!(response.body.next_piece(soon()).unwrap(), None);
}

#[test]
fn a_client_can_close_reset_and_half_close() {
    let (first, thread) = endpoint(|mut stream| {
        stream.write_all(CHUNKED).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    let response = first.get("/");
    response.body.source().wire().half_close();
    assert_eq!(response.into_body(), b"");
    thread.join().unwrap();

    let (second, thread) = endpoint(|mut stream| {
        stream.write_all(CHUNKED).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    second.get("/").into_wire().close();
    thread.join().unwrap();

    let (third, thread) = endpoint(|mut stream| {
        stream.write_all(CHUNKED).unwrap();
        let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    });
    third.get("/").into_wire().reset();
    thread.join().unwrap();
}

in_each_browser![a_browser_opens_pages_and_their_event_sources, one_test_leaves_the_next_nothing];

fn a_browser_opens_pages_and_their_event_sources(kind: Kind) {
    let page = "<!doctype html><title>page</title><script>
        var seen = [];
        var source = new EventSource('/loop.php');
        source.onmessage = ({ data, lastEventId }) => seen.push([data, lastEventId]);
        source.onerror = () => source.close();
    </script>";
    let site = Site::new().file("loop.php", LOOP).file("page.html", page);
    let gate = site.gate("gate");
    let server = Builtin::new(&site, Php::plain()).workers(2).start();

    let browser = Browser::start(kind);
    browser.open(&server.url("/page.html"));
    assert_eq!(browser.execute("return document.title", &[]), "page");
    gate.release();
    browser.wait_for("seen.length == 1", soon());
    gate.release();
    browser.wait_for("source.readyState == EventSource.CLOSED", soon());
    assert_eq!(browser.execute("return seen", &[]), json!([["one", "0"], ["two", "1"]]));

    let sum = "const [a, b, done] = arguments; setTimeout(() => done(a + b))";
    assert_eq!(browser.execute_async(sum, &[json!(1), json!(2)]), 3);
    browser.execute("console.log('hello')", &[]);
    let console = browser.console();
    let hello = console.iter().filter(|entry| entry.message.contains("hello"));
    assert_eq!(hello.count(), 1, "{console:?}");
    assert_eq!(browser.console(), []);
    browser.screenshot(&site.path("page.png"));
    assert!(std::fs::read(site.path("page.png")).unwrap().starts_with(b"\x89PNG"));
}

fn one_test_leaves_the_next_nothing(kind: Kind) {
    let site = Site::new().file("page.html", "<!doctype html>");
    let server = Builtin::new(&site, Php::plain()).start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = format!("http://{}/", listener.local_addr().unwrap());

    let browser = Browser::start(kind);
    browser.open(&server.url("/page.html"));
    let litter = "console.error('mine'); document.cookie = 'mine=1';
        window.source = new EventSource(arguments[0])";
    browser.execute(litter, &[json!(stream)]);
    let (mut connection, _) = listener.accept().unwrap();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nAccess-Control-Allow-Origin: *\r\n\r\n:\n";
    connection.write_all(head.as_bytes()).unwrap();
    browser.wait_for("source.readyState == EventSource.OPEN", soon());
    drop(browser);
    // This returns when it has been closed.
    drop(connection.read_to_end(&mut Vec::new()));

    let browser = Browser::start(kind);
    browser.open(&server.url("/page.html"));
    let left = browser.execute("return [document.cookie, typeof source]", &[]);
    assert_eq!(left, json!(["", "undefined"]));
    assert_eq!(browser.console(), []);
}

#[test]
fn the_oracles_parse_a_stream_in_any_pieces() {
    let stream =
        "id: 1\nevent: x\ndata: a\r\ndata: \u{20ac}\r\rdata: b\u{2028}\n\n:\n\ndata: c\n\n";
    for (mut oracle, id_of_others) in
        [(Oracle::eventsource_parser(), None), (Oracle::httpx_sse(), Some("1"))]
    {
        for size in [1, 2, 3, stream.len()] {
            let events = oracle.parse(stream.as_bytes().chunks(size));
            let with_data = events.iter().filter(|event| !event.data.is_empty());
            let event = |event: &str, data: &str, id: Option<&str>| OracleEvent {
                event: event.to_owned(),
                data: data.to_owned(),
                id: id.map(str::to_owned),
            };
            let expected = [
                event("x", "a\n\u{20ac}", Some("1")),
                event("message", "b\u{2028}", id_of_others),
                event("message", "c", id_of_others),
            ];
            assert!(with_data.eq(&expected), "{events:?}");
        }
    }
}

#[test]
fn a_server_whose_port_another_has_taken_meanwhile_starts_on_another() {
    let site = Site::new();
    let other = OnceCell::new();
    let (_server, addr) = start_on_free_port("Development Server", |addr| {
        other.get_or_init(|| TcpListener::bind(addr).unwrap());
        let mut command = Command::new(binary::php());
        command.arg("-S").arg(addr.to_string());
        Process::spawn("php", &mut command, site.as_ref())
    });
    assert_ne!(addr, other.into_inner().unwrap().local_addr().unwrap());
}

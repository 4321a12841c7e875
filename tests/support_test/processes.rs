//! Processes: whose programs they are, which port they get, and that they are gone with the test.

use std::cell::OnceCell;
use std::env;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use server_tests::binary;
use server_tests::patience::{soon, wait_for, wait_for_eq};
use server_tests::port::start_on_free_port;
use server_tests::process::{Pid, Process, Signal, is_running};
use server_tests::server::{Apache, Builtin, Cgi, Fpm, Php};
use server_tests::site::Site;

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
        assert!(pids.iter().all(|pid| is_running(*pid)));
        drop(server);
        wait_for_eq(&false, soon(), || pids.iter().any(|pid| is_running(*pid)));
        assert!(TcpStream::connect(addr).is_err());
    }
}

#[test]
fn a_server_is_gone_with_the_test_process_even_if_that_is_killed() {
    const ROLE: &str = "SSE_TEST_START_AND_BE_KILLED";
    const NAME: &str = "processes::a_server_is_gone_with_the_test_process_even_if_that_is_killed";
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
    assert!(pids.len() > 1 && pids.iter().all(|pid| is_running(*pid)));
    test.signal(Signal::KILL);
    wait_for_eq(&false, soon(), || pids.iter().any(|pid| is_running(*pid)));
}

#[test]
fn a_server_hears_signals_that_whoever_runs_the_tests_ignores() {
    const ROLE: &str = "SSE_TEST_IGNORES_SIGNALS";
    const NAME: &str = "processes::a_server_hears_signals_that_whoever_runs_the_tests_ignores";
    const IGNORE: &str = "trap '' HUP INT QUIT TERM; exec \"$0\" \"$@\"";
    if env::var_os(ROLE).is_some() {
        for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM] {
            let site = Site::new();
            let server = Builtin::new(&site, Php::plain()).start();
            server.signal(signal);
            wait_for_eq(&false, soon(), || is_running(server.pid()));
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
    const NAME: &str = "processes::the_programs_of_a_php_that_was_named_are_those_beside_it";
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

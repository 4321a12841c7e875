//! Which hub a script finds, on a machine of its own: `/run` and `/tmp` are empty, and its users are those
//! who would be there: PHP-FPM's, root, somebody who deploys, somebody who attacks.

use std::process::Command;

use server_tests::{binary, extension};

/// Every script begins with this. `listen` runs a script of a web server's that writes what it gets to a
/// file, and waits until a hub serves it.
const MACHINE: &str = r#"set -eu
mount -t tmpfs tmpfs /run
mkdir -p /run/bin /run/user /run/php
cp "$EXTENSION" /run/bin/libsse.so
cp "$HUB" /run/bin/sse-hub
chmod -R a+rX /run/bin
mount -t tmpfs -o mode=1777 tmpfs /tmp
chown 33:33 /run/php
groups=--clear-groups
as() { local uid=$1; shift; setpriv --reuid "$uid" --regid "$uid" "$groups" -- "$@"; }
hub() { local uid=$1; shift; as "$uid" /run/bin/sse-hub "$@"; }
script() { local uid=$1 code=$2; shift 2; as "$uid" "$PHP" -n -d extension=/run/bin/libsse.so "$@" -r "$code"; }
publish() {
  local uid=$1; shift
  script "$uid" 'for ($left = 100; $left--; usleep(100_000)) {
    try { Sse::publish("news", "from '"$uid"'"); exit("published\n"); } catch (SseException $e) {
      // A busy machine.
      if (!preg_match("/did not start|a moment ago/", $e->getMessage())) { break; }
    }
  }
  echo $e->getMessage(), "\n";' "$@"
}
wait_for() { local left=400; until "${@:2}" >/dev/null 2>&1; do ((left--)) || { echo "no $1"; exit 1; }; sleep 0.05; done; }
serves() { hub "$1" status --json --socket "$2" | grep -q '"workers":[1-9]'; }
listen() {
  local uid=$1 socket=$2; shift 2
  echo '<?php Sse::start(heartbeat: 0.2)->subscribe("news");' >/run/bin/listen.php
  setpriv --reuid "$uid" --regid "$uid" "$groups" -- env REDIRECT_STATUS=1 REQUEST_METHOD=GET SCRIPT_FILENAME=/run/bin/listen.php \
    "$PHP_CGI" -n -d extension=/run/bin/libsse.so "$@" >"/run/heard.$uid" &
  listener=$!
  wait_for "hub at $socket" serves "$uid" "$socket"
}
heard() { wait_for "event from $2 for $1" grep -q "data: from $2" "/run/heard.$1"; echo "$1 heard $2"; }
not_heard() { ! grep -q "data: from $2" "/run/heard.$1" && echo "$1 did not hear $2"; }
"#;

/// Runs a script there; what it prints.
#[track_caller]
fn on_a_machine(script: &str) -> String {
    let extension = extension::path();
    let mut machine = Command::new("unshare");
    machine.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    machine.args(["bash", "-c", &format!("{MACHINE}{script}")]);
    machine.env("HUB", extension.with_file_name("sse-hub")).env("EXTENSION", extension);
    machine.env("PHP", binary::php()).env("PHP_CGI", binary::php_cgi());
    let output = machine.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{printed}\n{errors}");
    printed
}

#[track_caller]
fn assert_said(script: &str, expected: &str) {
    assert_eq!(on_a_machine(script), expected, "{script}");
}

#[test]
fn root_publishes_to_the_one_hub_there_is() {
    assert_said(
        "listen 33 /run/php/sse-33/hub.sock; publish 0; heard 33 0",
        "published\n33 heard 0\n",
    );
    assert_said(
        "listen 1001 /tmp/sse-1001/hub.sock; publish 0; heard 1001 0",
        "published\n1001 heard 0\n",
    );
    let private = "mkdir -p /tmp/systemd-private-1-php/tmp; chmod 700 /tmp/systemd-private-1-php
        chmod 1777 /tmp/systemd-private-1-php/tmp; rm -r /run/php
        unshare --mount bash -c 'mount --bind /tmp/systemd-private-1-php/tmp /tmp
            setpriv --reuid 33 --regid 33 --clear-groups /run/bin/sse-hub serve >/dev/null & sleep infinity' &
        wait_for hub test -S /tmp/systemd-private-1-php/tmp/sse-33/hub.sock
        publish 0
        /run/bin/sse-hub status --json --socket /tmp/systemd-private-1-php/tmp/sse-33/hub.sock | grep -o '\"published\":1,'";
    assert_said(private, "published\n\"published\":1,\n");
}

#[test]
fn root_is_told_when_there_are_several_hubs() {
    let output = on_a_machine(
        "rm -r /run/php; listen 33 /tmp/sse-33/hub.sock; listen 48 /tmp/sse-48/hub.sock; publish 0
        publish 0 -d sse.hub_socket=/tmp/sse-48/hub.sock; heard 48 0; not_heard 33 0
        hub 0 status 2>&1 || true",
    );
    for part in [
        "there are several, and sse.hub_socket says which: ",
        "/tmp/sse-33/hub.sock",
        "published\n48 heard 0\n33 did not hear 0\n",
        "choose one with --socket",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
}

/// Who may only log in can neither divert what root publishes, nor keep root from publishing.
#[test]
fn a_persons_hub_does_not_stand_in_the_way_of_a_services() {
    let script =
        "listen 54321 /tmp/sse-54321/hub.sock; listen 33 /run/php/sse-33/hub.sock; publish 0
        heard 33 0; not_heard 54321 0";
    assert_said(script, "published\n33 heard 0\n54321 did not hear 0\n");
}

#[test]
fn root_starts_the_hub_of_the_service_that_had_one() {
    let script =
        "listen 33 /run/php/sse-33/hub.sock; kill $listener; wait $listener || true; hub 33 stop
        wait_for end test ! -e /run/php/sse-33/hub.sock
        publish 0; stat -c %u /run/php/sse-33/hub.sock; ls -d /run/php/* /tmp/* 2>/dev/null || true
        listen 33 /run/php/sse-33/hub.sock; publish 0; heard 33 0";
    assert_said(script, "published\n33\n/run/php/sse-33\npublished\n33 heard 0\n");
}

#[test]
fn who_may_not_open_the_hub_is_told_its_name_and_what_to_set() {
    for before in ["", "publish 1000\n"] {
        let script = format!("{before}listen 33 /run/php/sse-33/hub.sock; publish 1000");
        let output = on_a_machine(&script);
        let output = output.strip_prefix("published\n").unwrap_or(&output);
        assert!(
            output
                .starts_with("Sse::publish(): the hub cannot be used: /run/php/sse-33/hub.sock: "),
            "{output}"
        );
        for part in ["it is for user 33, and this is user 1000", "sse.hub_group", "sse.hub_socket"]
        {
            assert!(output.contains(part), "{part}: {output}");
        }
    }
}

#[test]
fn a_member_of_the_group_publishes_to_the_hub_that_is_open_to_it() {
    // Nobody gives a hub to a group that he is not in.
    let script = "groups=--groups=5000
        listen 33 /run/php/sse-33/hub.sock -d sse.hub_group=5000
        publish 1000; publish 1000 -d sse.hub_group=5000; heard 33 1000";
    let output = on_a_machine(script);
    assert!(
        output.contains("who is not trusted with it") && output.contains("sse.hub_group"),
        "{output}"
    );
    assert!(output.ends_with("published\n33 heard 1000\n"), "{output}");
}

#[test]
fn cron_finds_the_hub_of_its_user_who_logs_in_and_out() {
    let script = "listen 33 /run/php/sse-33/hub.sock; publish 33; heard 33 33
        mkdir /run/user/33; chown 33 /run/user/33; publish 33; rmdir /run/user/33; publish 33
        ls -d /run/php/* /tmp/* 2>/dev/null || true; grep -c 'data: from 33' /run/heard.33";
    assert_said(script, "published\n33 heard 33\npublished\npublished\n/run/php/sse-33\n3\n");
    let script = "mkdir /run/user/33; chown 33 /run/user/33; rm -r /run/php
        listen 33 /tmp/sse-33/hub.sock; rmdir /run/user/33; publish 33; heard 33 33";
    assert_said(script, "published\n33 heard 33\n");
}

#[test]
fn who_has_streams_of_his_own_publishes_to_them() {
    let script =
        "listen 33 /run/php/sse-33/hub.sock; listen 1000 /tmp/sse-1000/hub.sock; publish 1000
        heard 1000 1000; not_heard 33 1000";
    assert_said(script, "published\n1000 heard 1000\n33 did not hear 1000\n");
}

#[test]
fn a_hub_where_those_of_earlier_releases_are_is_found() {
    let script = "mkdir /run/user/33; chown 33 /run/user/33
        as 33 /run/bin/sse-hub serve --socket /run/user/33/sse-33/hub.sock >/dev/null &
        wait_for hub test -S /run/user/33/sse-33/hub.sock
        publish 33; listen 33 /run/user/33/sse-33/hub.sock; publish 0; heard 33 0; ls /run/php";
    assert_said(script, "published\npublished\n33 heard 0\n");
}

#[test]
fn of_two_hubs_in_two_places_one_remains() {
    let script = "chown 0 /run/php; listen 33 /tmp/sse-33/hub.sock; chown 33 /run/php
        as 33 /run/bin/sse-hub serve >/dev/null &
        wait_for 'end of the other' test ! -e /tmp/sse-33/hub.sock
        wait_for stream serves 33 /run/php/sse-33/hub.sock
        publish 0; heard 33 0";
    assert_said(script, "published\n33 heard 0\n");
}

#[test]
fn where_the_usual_place_is_read_only_there_is_another() {
    let script = "mount -t tmpfs -o ro,uid=33,gid=33,mode=755 tmpfs /run/php
        listen 33 /tmp/sse-33/hub.sock; publish 33; heard 33 33; publish 0; heard 33 0";
    assert_said(script, "published\n33 heard 33\npublished\n33 heard 0\n");
}

#[test]
fn a_place_that_somebody_else_has_made_is_refused_and_named() {
    let squat = "rm -r /run/php; as 54321 mkdir -m 755 /tmp/sse-33
        as 54321 touch /tmp/sse-33/served";
    let listens = "as 54321 \"$PHP\" -n -r '$s = stream_socket_server(\"unix:///tmp/sse-33/hub.sock\");
        chmod(\"/tmp/sse-33/hub.sock\", 0666); while ($c = stream_socket_accept($s, -1)) { touch(\"/tmp/visited\"); }' &
        wait_for squatter test -S /tmp/sse-33/hub.sock";
    for squat in [squat.to_owned(), format!("{squat}\n{listens}")] {
        let output = on_a_machine(&format!("{squat}\npublish 33; ls /tmp"));
        assert!(
            output.contains("/tmp/sse-33: belongs to user 54321, and this hub is user 33's"),
            "{output}"
        );
        assert!(output.contains("sse.hub_socket") && output.ends_with("\nsse-33\n"), "{output}");
    }
    let elsewhere =
        "as 54321 mkdir /tmp/sse-33; listen 33 /run/php/sse-33/hub.sock; publish 0; heard 33 0";
    assert_said(elsewhere, "published\n33 heard 0\n");
}

#[test]
fn a_link_of_somebody_elses_is_not_followed() {
    let script = "as 33 /run/bin/sse-hub serve --socket /run/php/other/hub.sock >/dev/null &
        wait_for hub test -S /run/php/other/hub.sock
        as 54321 ln -s /run/php /tmp/way
        publish 33 -d sse.hub_socket=/tmp/way/other/hub.sock
        ln -s /run/php /tmp/roots; publish 33 -d sse.hub_socket=/tmp/roots/other/hub.sock";
    let output = on_a_machine(script);
    assert!(output.contains("/tmp/way is a link of user 54321's, and is not followed"), "{output}");
    assert!(output.ends_with("\npublished\n"), "{output}");
}

#[test]
fn doctor_warns_of_a_tmp_that_nobody_else_sees() {
    let output = on_a_machine(
        r#"rm -r /run/php; echo '<?php echo Sse::doctor()["hub"], PHP_EOL;' >/run/bin/doctor.php
        doctor="setpriv --reuid 33 --regid 33 --clear-groups $PHP -n -d extension=/run/bin/libsse.so /run/bin/doctor.php"
        $doctor
        unshare --mount sh -c "mount -t tmpfs -o mode=1777 tmpfs /tmp; $doctor"
        true # or the shell, which is the first process, would become the command before"#,
    );
    let [outside, inside] = output.lines().collect::<Vec<_>>()[..] else { panic!("{output}") };
    assert!(
        outside.contains("none at /tmp/sse-33/hub.sock") && !outside.contains("PrivateTmp"),
        "{output}"
    );
    assert!(inside.contains("PrivateTmp") && inside.contains("set sse.hub_socket"), "{output}");
}

#[test]
fn whoever_names_another_redis_than_the_hub_has_is_told_so() {
    let script = "publish 33; publish 33 -d sse.hub_redis=redis://:s3cret@db.example
        hub 33 stop; wait_for end test ! -e /run/php/sse-33/hub.sock
        SSE_HUB_REDIS=redis://me:s3cret@localhost:1/2 as 33 /run/bin/sse-hub serve >/dev/null &
        wait_for hub test -S /run/php/sse-33/hub.sock
        publish 33 -d sse.hub_redis=redis://me:s3cret@localhost:1/3
        publish 33 -d sse.hub_redis=redis://:other@127.0.0.1:1/2
        publish 33";
    let output = on_a_machine(script);
    let [first, none, other, same, no_wish] = output.lines().collect::<Vec<_>>()[..] else {
        panic!("{output}")
    };
    assert_eq!(first, "published");
    assert!(none.contains("the hub at /run/php/sse-33/hub.sock has no Redis"), "{output}");
    assert!(none.contains("sse-hub stop --socket /run/php/sse-33/hub.sock"), "{output}");
    assert!(
        other.contains(
            "publishes through redis://localhost:1/2?stream=sse, and sse.hub_redis names another"
        ),
        "{output}"
    );
    assert!(other.contains("sse.hub_socket"), "{output}");
    // The right hub, whose Redis is not there.
    for output in [same, no_wish] {
        assert!(!output.contains("sse.hub_redis") && output.contains("Redis"), "{output}");
    }
    assert!(!output.contains("s3cret"), "{output}");
}

#[test]
fn a_stream_on_a_hub_with_another_redis_is_told_so() {
    let script = r#"publish 33
        echo '<?php try { Sse::start()->subscribe("news", handOff: false); } catch (SseException $e) { echo $e->getMessage(); }' >/run/bin/listen.php
        as 33 env REDIRECT_STATUS=1 REQUEST_METHOD=GET SCRIPT_FILENAME=/run/bin/listen.php \
            "$PHP_CGI" -n -d extension=/run/bin/libsse.so -d sse.hub_redis=redis://localhost"#;
    let output = on_a_machine(script);
    assert!(output.contains("Sse::subscribe(): the hub cannot be used: "), "{output}");
}

#[test]
fn a_directory_decides_neither_what_is_started_nor_whom_to_trust() {
    let script = r#"mkdir -m 755 /run/site
        echo '<?php foreach (["path", "spawn", "group", "redis", "socket"] as $name) { echo ini_get("sse.hub_$name"), "|"; } echo "\n";' >/run/site/show.php
        for socket in /run/elsewhere/hub.sock /run/site/hub/hub.sock; do
            printf 'sse.hub_path=/run/site/evil\nsse.hub_spawn=0\nsse.hub_group=evil\nsse.hub_redis=redis://evil\nsse.hub_socket=%s\n' $socket >/run/site/.user.ini
            for open_basedir in /run/site ''; do
                env REDIRECT_STATUS=1 REQUEST_METHOD=GET SCRIPT_FILENAME=/run/site/show.php DOCUMENT_ROOT=/run/site \
                    "$PHP_CGI" -q -n -d extension=/run/bin/libsse.so -d display_errors=0 -d open_basedir=$open_basedir | tail -1
            done
        done
        env REDIRECT_STATUS=1 REQUEST_METHOD=GET SCRIPT_FILENAME=/run/site/show.php DOCUMENT_ROOT=/nowhere \
            "$PHP_CGI" -q -n -d extension=/run/bin/libsse.so -d user_ini.filename= -d open_basedir=/run/site \
            -d sse.hub_socket=/run/elsewhere/hub.sock -d sse.hub_spawn=0 | tail -1"#;
    let expected = "|1||||\n|1|||/run/elsewhere/hub.sock|\n|1|||/run/site/hub/hub.sock|\n|1|||/run/site/hub/hub.sock|
|0|||/run/elsewhere/hub.sock|\n";
    assert_said(script, expected);
}

/// As the packages of a distribution do it, of which no hub may be left as it was.
#[test]
fn root_upgrades_and_stops_the_hubs_of_all_users() {
    let script = "listen 33 /run/php/sse-33/hub.sock; listen 1000 /tmp/sse-1000/hub.sock
        pid() { hub 0 status --json --socket \"$1\" | grep -o '\"pid\":[0-9]*' | cut -d : -f 2; }
        first=$(pid /run/php/sse-33/hub.sock) second=$(pid /tmp/sse-1000/hub.sock)
        cp /run/bin/sse-hub /run/bin/new; mv /run/bin/new /run/bin/sse-hub
        readlink /proc/$first/exe /proc/$second/exe
        hub 0 upgrade --all; echo \"upgraded: $?\"; readlink /proc/$first/exe /proc/$second/exe
        publish 33; heard 33 33
        hub 1000 upgrade --all; echo \"of one user: $?\"
        kill $(jobs -p); wait || true
        hub 0 stop --all; echo \"stopped: $?\"; ls -d /proc/$first /proc/$second 2>/dev/null || echo none left
        hub 0 stop --all; echo \"none: $?\"
        hub 0 status --all 2>&1 || true; hub 0 stop --all --socket /run/x 2>&1 || true";
    let gone = "/run/bin/sse-hub (deleted)\n".repeat(2);
    let there = "/run/bin/sse-hub\n".repeat(2);
    assert_said(
        script,
        &format!(
            "{gone}upgraded: 0\n{there}published\n33 heard 33\nof one user: 0\nstopped: 0\nnone left\nnone: 0\n\
             sse-hub: status --all: only upgrade and stop go to all hubs\nsse-hub: --all and --socket: which of them?\n"
        ),
    );
}

//! Whom a hub and its scripts trust.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use server_tests::patience::{soon, wait_for};
use server_tests::server::Php;

use crate::hubs::{TRY_TWICE, text};
use crate::scene::{Kind, Scene};

/// Somebody who is neither root nor the user of a server.
const STRANGER: u32 = 54_321;

/// Whoever has started a hub for a group.
const OWNER: u32 = 54_320;

/// The group: that of the users that servers run as.
const GROUP: &str = "www-data";
const GID: u32 = 33;

/// A stranger's program: it listens where a hub would, and tells all that it hears.
const LISTEN: &str = r"import os, socket, sys
def hear(connection):
    heard, descriptors, piece = b'', 0, True
    try:
        connection.sendall(b'SSEH\x04\0\0\0')
    except OSError:
        pass # who has seen enough has gone
    try:
        while piece:
            piece, control, _, _ = connection.recvmsg(65536, 1024)
            heard, descriptors = heard + piece, descriptors + len(control)
    except OSError:
        pass
    return f'{heard} {descriptors}'

path, user = sys.argv[1], int(sys.argv[2])
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
os.chmod(path, 0o777)
os.chown(path, user, user)
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
listener.listen()
listener.settimeout(20)
print('listening', flush=True)
while True:
    print(hear(listener.accept()[0]), flush=True)
";

/// A stranger, who listens where a hub would.
struct Stranger {
    process: Child,
    tells: BufReader<ChildStdout>,
}

impl Stranger {
    fn at(path: &Path) -> Self {
        let mut command = Command::new("python3");
        command.args(["-c", LISTEN]).arg(path).arg(STRANGER.to_string());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let tells = BufReader::new(process.stdout.take().unwrap());
        let mut stranger = Self { process, tells };
        assert_eq!(stranger.heard(), "listening");
        stranger
    }

    /// All that the next connection sent, and how many bytes came with it as descriptors.
    fn heard(&mut self) -> String {
        let mut line = String::new();
        self.tells.read_line(&mut line).unwrap();
        line.truncate(line.trim_end().len());
        line
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// All that somebody else may get to know.
const ONLY_A_HELLO: &str = "b'SSEH\\x04\\x00\\x00\\x00' 0";

/// A stream says this to a client that comes back after the event 1-1 and has missed none.
const NOTHING_MISSED: &str = ":\nevent: sse:position\nid: 1-1\ndata: {}\n\n";

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The output of a script that this user runs on the command line.
fn run_as(scene: &Scene, uid: u32, gid: u32, settings: &[&str], script: &str) -> String {
    let mut command = scene.command_line(script);
    for setting in settings {
        command.args(["-d", setting]);
    }
    String::from_utf8(command.uid(uid).gid(gid).output().unwrap().stdout).unwrap()
}

#[test]
fn nobody_else_may_open_what_a_hub_listens_on() {
    let scene = Kind::Builtin.play_alone();
    scene.publish("x");
    let mode = |name| scene.site.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("hub"), mode("hub/hub.sock")), (0o700, 0o600));
    assert_eq!((mode("hub/hub.log"), mode("hub/last-id")), (0o600, 0o600));
    // The directory opened, and the socket: who it is still counts.
    for (name, mode) in [("hub", 0o777), ("hub/hub.sock", 0o777)] {
        let path = scene.site.path(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    for (script, answer) in [
        (
            "try { Sse::publish('news', 'y'); } catch (SseException $e) { echo 'refused'; }",
            "refused",
        ),
        ("try { Sse::status(); } catch (SseException $e) { echo 'refused'; }", "refused"),
        // What it has not seen would be sent at once.
        (
            "$_SERVER['HTTP_LAST_EVENT_ID'] = '1-1';
            Sse::start(maxLifetime: 0.2)->subscribe('news');",
            NOTHING_MISSED,
        ),
    ] {
        let nobody = scene.command_line(script).uid(65534).gid(65534).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&nobody.stdout), answer);
    }
    assert_eq!(scene.status()["published"], 2);
    assert!(scene.status()["refused"].as_u64() >= Some(3));
}

#[test]
fn a_group_shares_a_hub_and_nobody_else_has_a_part_in_it() {
    const PUBLISH: &str = "
        try { Sse::publish('news', 'y'); echo 'published'; } catch (SseException $e) { echo $e->getMessage(); }";
    const SUBSCRIBE: &str = "
        $_SERVER['HTTP_LAST_EVENT_ID'] = '1-1';
        Sse::start(maxLifetime: 0.5)->subscribe('news');";
    let scene = Kind::Builtin.play(1, Php::with_sse(), &[]);
    let shared = format!("sse.hub_group={GROUP}");
    let published = || run_as(&scene, OWNER, GID, &[&shared], PUBLISH) == "published";
    wait_for("a hub", soon(), || published().then_some(()));
    let modes = ["hub", "hub/hub.sock"].map(|name| {
        let found = scene.site.path(name).metadata().unwrap();
        (found.uid(), found.gid(), found.mode() & 0o777)
    });
    assert_eq!(modes, [(OWNER, GID, 0o750), (OWNER, GID, 0o660)]);

    let settings = [shared.as_str(), "sse.hub_spawn=0"];
    assert_eq!(run_as(&scene, STRANGER, GID, &settings, PUBLISH), "published");
    let stream = run_as(&scene, STRANGER, GID, &settings, SUBSCRIBE);
    assert!(stream.contains("event: reset"), "{stream}");
    let alone = run_as(&scene, STRANGER, GID, &["sse.hub_spawn=0"], PUBLISH);
    assert!(alone.contains("is user 54320's, who is not trusted"), "{alone}");

    let before = scene.status()["published"].clone();
    let outside = run_as(&scene, STRANGER, STRANGER, &settings, PUBLISH);
    assert!(outside.contains("Permission denied"), "{outside}");
    mode(&scene.site.path("hub"), 0o777);
    mode(&scene.site.path("hub/hub.sock"), 0o777);
    let outside = run_as(&scene, STRANGER, STRANGER, &settings, PUBLISH);
    assert!(outside.contains("Sse::publish(): "), "{outside}");
    assert_eq!(run_as(&scene, STRANGER, STRANGER, &settings, SUBSCRIBE), NOTHING_MISSED);
    assert_eq!(scene.status()["published"], before);
}

#[test]
fn a_directory_that_is_not_ones_own_is_refused() {
    let play = || Kind::Apache.play(1, Php::with_sse(), &[("try.php", TRY_TWICE)]);
    let assert_refused = |scene: &Scene, why: &str| {
        let answer = text(scene, "/try.php");
        let [first, second] = answer.lines().collect::<Vec<_>>()[..] else { panic!("{answer}") };
        assert!(first.contains("there is no hub") && first.contains(why), "{first}");
        assert!(second.contains("it did not start a moment ago"), "{second}");
        // The stream begins without one.
        drop(scene.subscribe(""));
    };
    for (modes, owner, why) in [
        (0o777, GID, "others may write to it"),
        (0o700, STRANGER, "belongs to user 54321"),
        (0o755, STRANGER, "belongs to user 54321"),
        (0o500, GID, "launch.lock: cannot be opened: Permission denied"),
    ] {
        let scene = play();
        let directory = scene.site.path("hub");
        fs::create_dir(&directory).unwrap();
        chown(&directory, Some(owner), Some(owner)).unwrap();
        mode(&directory, modes);
        assert_refused(&scene, why);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0, "nothing was opened there");
    }
    let scene = play();
    let elsewhere = scene.site.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    chown(&elsewhere, Some(GID), Some(GID)).unwrap();
    symlink(&elsewhere, scene.site.path("hub")).unwrap();
    assert_refused(&scene, "is not a directory");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn somebody_elses_hub_gets_neither_events_nor_streams() {
    let shared = Php::with_sse().ini("sse.hub_group", GROUP);
    for php in [Php::with_sse(), shared] {
        let scene = Kind::Fpm.play(2, php, &[("try.php", TRY_TWICE)]);
        fs::create_dir(scene.site.path("hub")).unwrap();
        let mut stranger = Stranger::at(&scene.site.path("hub/hub.sock"));
        let answer = text(&scene, "/try.php");
        assert_eq!(answer.matches("is user 54321's, who is not trusted").count(), 2, "{answer}");
        let _stream = scene.subscribe("");
        // Two for what is published, two for the stream.
        for _ in 0..4 {
            assert_eq!(stranger.heard(), ONLY_A_HELLO);
        }
    }
}

#[test]
fn somebody_elses_hub_that_comes_while_one_is_started_gets_nothing_either() {
    let scene = Kind::Builtin.play(1, Php::with_sse(), &[("try.php", TRY_TWICE)]);
    let elsewhere = scene.site.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut stranger = Stranger::at(&elsewhere.join("hub.sock"));
    // Instead of the program: nobody is there when a script looks, and a stranger when it looks again.
    let launch = format!("#!/bin/sh\nmv '{}' \"${{3%/*}}\"", elsewhere.display());
    scene.site.write("sse-hub", launch);
    let answer = text(&scene, "/try.php");
    assert!(answer.contains("is user 54321's, who is not trusted"), "{answer}");
    assert_eq!(stranger.heard(), ONLY_A_HELLO);
}

//! Events that are shared through a real Redis: with other machines, over upgrades, and when something is
//! wrong with it.

use std::collections::HashSet;
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;

use server_tests::http::{EventStream, Request};
use server_tests::patience::{soon, wait_for};
use server_tests::redis::Redis;
use server_tests::server::Php;

use crate::scene::{Kind, Scene};

/// Publishes numbers until the test is over, and prints each with its id; a `?` where nobody knows.
const COUNT: &str = "
    for ($number = 0; !file_exists('$over') || $number < 200; clearstatcache()) {
        try {
            echo Sse::publish('news', (string) $number), ' ', $number++, \"\\n\";
        } catch (SseException $e) {
            str_contains($e->getMessage(), 'unknown') || exit(\"$e\");
            echo '? ', $number++, \"\\n\";
        }
    }";

/// This script prints the answer of `publish()`.
const TRY: &str = "<?php
    try { echo Sse::publish('news', 'x'); } catch (SseException $e) { echo $e->getMessage(); }";

fn shared(redis: &str, scripts: &[(&str, &str)]) -> Scene {
    Kind::Fpm.play(2, Php::with_sse().ini("sse.hub_redis", redis), scripts)
}

#[test]
fn a_first_visit_that_starts_the_hub_gets_what_another_machine_has_published_meanwhile() {
    let script = "<?php
        $sse = Sse::start();
        touch(__DIR__ . '/begun');
        while (!file_exists(__DIR__ . '/published')) { usleep(1000); clearstatcache(); }
        $sse->subscribe('news');";
    let redis = Redis::start(&[]);
    let add = |data| {
        let words = ["XADD", "sse", "*", "topic", "news", "data", data];
        assert!(redis.command(&words).output().unwrap().status.success());
    };
    add("long ago");
    let scene = shared(&redis.url(), &[("first.php", script)]);
    std::thread::sleep(std::time::Duration::from_millis(10));
    let mut stream = thread::scope(|scope| {
        let stream = scope.spawn(|| scene.open(&Request::get("/first.php")).events());
        wait_for("its script", soon(), || scene.site.path("begun").exists().then_some(()));
        add("meanwhile");
        scene.site.write("published", "");
        stream.join().unwrap()
    });
    assert_eq!(stream.next_event().data, "meanwhile");
    add("live");
    assert_eq!(stream.next_event().data, "live");
}

#[test]
fn an_upgrade_while_events_flow_through_redis_is_not_noticed() {
    const STREAMS: u64 = 20;
    let redis = Redis::start(&[]);
    let scene = shared(&redis.url(), &[]).with_hub();
    let streams: Vec<_> = (0..STREAMS).map(|_| scene.subscribe("")).collect();
    scene.wait_for("streams", STREAMS);
    let over = scene.site.path("over");
    let count = COUNT.replace("$over", &over.display().to_string());
    let counting = scene.command_line(&count).stdout(Stdio::piped()).spawn().unwrap();
    for _ in 0..5 {
        let (before, arrived) = (scene.hub_pid(), scene.status()["lastEventId"].clone());
        let goes_on = || (scene.status()["lastEventId"] != arrived).then_some(());
        wait_for("events", soon(), goes_on);
        assert!(scene.hub("upgrade").status().unwrap().success());
        assert_eq!(scene.hub_pid(), before);
    }
    scene.site.write("over", "");
    let counted = String::from_utf8(counting.wait_with_output().unwrap().stdout).unwrap();
    let last = scene.publish("end");
    let published: Vec<_> = counted.lines().map(|line| line.split_once(' ').unwrap()).collect();
    assert!(published.len() >= 200, "{published:?}");
    for stream in streams {
        assert_is_complete(stream, &published, &last);
    }
    scene.wait_for("streams", 0);
}

/// Each in order and once; of what nobody knows, some may have come.
fn assert_is_complete(mut stream: EventStream, published: &[(&str, &str)], last: &str) {
    let unknown: HashSet<&str> =
        published.iter().filter(|(id, _)| *id == "?").map(|(_, number)| *number).collect();
    let mut seen = Vec::new();
    loop {
        let event = stream.next_event();
        let id = event.id.unwrap();
        if id == last {
            break;
        }
        seen.push((id, event.data));
    }
    let different: HashSet<&str> = seen.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(different.len(), seen.len(), "none comes twice");
    let seen: Vec<_> = seen.iter().map(|(id, data)| (id.as_str(), data.as_str())).collect();
    let known = |(_, number): &&(&str, &str)| !unknown.contains(number);
    let seen: Vec<_> = seen.iter().filter(known).collect();
    assert_eq!(seen, published.iter().filter(known).collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_with_redis_is_told_to_the_script_and_the_log_without_the_password() {
    let redis = Redis::start(&["--requirepass", "s3cret", "--databases", "1"]);
    let right = redis.url_with("s3cret");
    for (url, what) in [
        (redis.url(), "NOAUTH Authentication required.; give the password in its URL"),
        (redis.url_with("wr0ng-s3cret"), "it refuses this user and password"),
        (format!("{right}/7"), "DB index is out of range; name an existing database in its URL"),
        (format!("{right}/x"), "must name its database by a number"),
        (right.replacen("redis:", "rediss:", 1), "with it the URL begins with rediss://"),
    ] {
        let scene = shared(&url, &[("try.php", TRY)]);
        let answer = wait_for(what, soon(), || {
            let answer = scene.server.get("/try.php").into_text();
            answer.contains(what).then_some(answer)
        });
        // A URL that is wrong by itself starts no hub, and leaves no log.
        let mut log = String::new();
        if scene.site.path("hub/hub.log").exists() {
            log = wait_for("the log", soon(), || {
                Some(scene.site.read("hub/hub.log")).filter(|log| log.contains(what))
            });
        }
        assert!(!(answer + &log).contains("cret"), "{url}");
    }
}

#[test]
fn a_redis_that_says_nothing_does_not_keep_streams_in_their_workers() {
    // Connections are made, and nobody takes them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let scene = shared(&url, &[("try.php", TRY)]);
    let answer = wait_for("the hub", soon(), || {
        let answer = scene.server.get("/try.php").into_text();
        (!answer.contains("there is no hub")).then_some(answer)
    });
    assert!(answer.contains("Redis does not answer"), "{answer}");
    let stream = scene.subscribe("");
    scene.wait_until_told("moved HandedOff over\n");
    drop(stream);
}

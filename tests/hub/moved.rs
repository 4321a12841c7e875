//! Streams that leave their worker.

use server_tests::content_coding::{Coding, Decoded};
use server_tests::http::Request;
use server_tests::patience::soon;
use server_tests::process::Signal;
use server_tests::reader::End;
use server_tests::server::Php;

use crate::scene::Kind;

/// Each of these tests, on each of the servers that let a connection go.
macro_rules! on_each_server {
    ($($test:ident),* $(,)?) => { $(
        mod $test {
            use super::Kind;

            #[test] fn fpm() { super::$test(Kind::Fpm); }
            #[test] fn fpm_over_tcp() { super::$test(Kind::FpmOverTcp); }
            #[test] fn fpm_keepalive() { super::$test(Kind::FpmKeepalive); }
            #[test] fn cgi() { super::$test(Kind::Cgi); }
            #[test] fn builtin() { super::$test(Kind::Builtin); }
            #[test] fn apache() { super::$test(Kind::Apache); }
            #[test] fn apache_without_chunks() { super::$test(Kind::ApacheHttp10); }
            #[test] fn apache_that_would_compress() { super::$test(Kind::ApacheDeflate); }
        }
    )* };
}

on_each_server![
    one_worker_serves_many_streams_and_all_else,
    the_stream_gets_nothing_of_what_its_script_outputs_afterwards,
    a_client_that_comes_back_gets_what_it_has_missed,
    what_the_script_has_published_before_it_subscribed_is_not_missed,
    a_client_that_leaves_is_gone_from_the_hub,
    a_body_that_nobody_has_read_is_no_disconnect,
    a_child_of_the_script_does_not_keep_the_connection_open,
    silence_is_broken_by_heartbeats,
    a_compressed_stream_goes_on_in_its_coding,
];

fn one_worker_serves_many_streams_and_all_else(kind: Kind) {
    let scene = kind.play_alone();
    let mut streams: Vec<_> = (0..20).map(|_| scene.subscribe("")).collect();
    scene.wait_for("streams", 20);
    let ids = ["one", "two"].map(|data| scene.publish(data));
    for stream in &mut streams {
        for (id, data) in ids.iter().zip(["one", "two"]) {
            let event = stream.next_event();
            assert_eq!((event.id.as_ref(), event.data.as_str()), (Some(id), data));
        }
    }
    scene.wait_until_told(&"moved HandedOff over\n".repeat(20));
    assert_eq!(scene.site.read("closed"), "HandedOff\n".repeat(20));
}

fn the_stream_gets_nothing_of_what_its_script_outputs_afterwards(kind: Kind) {
    let scene = kind.play_alone();
    let mut stream = scene.open(&Request::get("/subscribe.php")).body;
    scene.wait_until_told("moved HandedOff over\n");
    let id = scene.publish("last");
    scene.wait_for("delivered", 1);
    assert!(scene.hub("stop").status().unwrap().success());
    let body = String::from_utf8(stream.read_to_end(soon()).unwrap()).unwrap();
    let (position, end) = body.split_once("data: {}\n\n").unwrap();
    let position = position.strip_prefix(":\n:\nid: ").unwrap();
    assert!(position.ends_with("\nevent: sse:position\n"), "{position}");
    assert_eq!(end, format!("id: {id}\ndata: last\n\nretry: 1000\n"));
    assert_eq!(stream.end(), Some(&End::Clean));
}

fn a_client_that_comes_back_gets_what_it_has_missed(kind: Kind) {
    let scene = kind.play_alone();
    let ids: Vec<String> = ["0", "1", "2"].map(|data| scene.publish(data)).into();
    let request = Request::get("/subscribe.php").header("Last-Event-ID", &ids[0]);
    let mut stream = scene.open(&request).events();
    for (id, data) in ids.iter().zip(["0", "1", "2"]).skip(1) {
        let event = stream.next_event();
        assert_eq!((event.id.as_ref(), event.data.as_str()), (Some(id), data));
    }
    let request = Request::get("/subscribe.php").header("Last-Event-ID", "0-1");
    let reset = scene.open(&request).events().next_event();
    assert_eq!((reset.event.as_str(), reset.id), ("reset", Some(ids[2].clone())));
    assert_eq!(reset.data, r#"{"lastEventId":"0-1"}"#);
}

fn what_the_script_has_published_before_it_subscribed_is_not_missed(kind: Kind) {
    let script = "<?php
        $before = Sse::publish('news', 'before the stream');
        $sse = Sse::start();
        Sse::publish('news', 'before the subscription');
        $sse->subscribe('news');";
    let scene = kind.play(1, Php::with_sse(), &[("busy.php", script)]).with_hub();
    scene.publish("earlier");
    std::thread::sleep(std::time::Duration::from_millis(5));
    let mut stream = scene.open(&Request::get("/busy.php")).events();
    for expected in ["before the stream", "before the subscription"] {
        assert_eq!(stream.next_event().data, expected);
    }
    scene.publish("live");
    assert_eq!(stream.next_event().data, "live");
}

fn a_compressed_stream_goes_on_in_its_coding(kind: Kind) {
    let script = "<?php
        $sse = Sse::start(compress: true);
        $sse->send('from the worker');
        echo 'data: half an event';
        $sse->subscribe('news');";
    let scene = kind.play(1, Php::with_sse(), &[("compressed.php", script)]).with_hub();
    let open = |coding: Coding| {
        let request = Request::get("/compressed.php").header("Accept-Encoding", coding.token());
        let mut body = Decoded::body_of(scene.open(&request));
        assert_eq!(body.source().coding(), Some(coding));
        let first = body.read_until(b"half an event\n\n", soon()).unwrap();
        assert_eq!(
            String::from_utf8(first).unwrap(),
            ":\ndata: from the worker\n\ndata: half an event\n\n"
        );
        body
    };
    let mut streams: Vec<_> = Coding::ALL.into_iter().map(open).collect();
    scene.wait_for("streams", 4);
    for data in ["one", "two"] {
        scene.publish(data);
        for stream in &mut streams {
            stream.read_until(format!("\ndata: {data}\n\n").as_bytes(), soon()).unwrap();
        }
    }
    assert!(scene.hub("stop").status().unwrap().success());
    for stream in &mut streams {
        stream.read_to_end(soon()).unwrap();
        assert_eq!(stream.end(), Some(&End::Clean), "{:?}", stream.source().coding());
    }
}

fn a_client_that_leaves_is_gone_from_the_hub(kind: Kind) {
    let scene = kind.play_alone();
    let streams = [(); 5].map(|()| scene.subscribe(""));
    scene.wait_for("streams", 5);
    drop(streams);
    scene.wait_for("streams", 0);
    assert_eq!(scene.status()["gone"], 5);
}

fn a_body_that_nobody_has_read_is_no_disconnect(kind: Kind) {
    let scene = kind.play_alone();
    let body = "x=".to_owned() + &"y".repeat(300_000);
    let request = Request::post("/subscribe.php", body)
        .header("Content-Type", "application/x-www-form-urlencoded");
    let mut stream = scene.open(&request).events();
    scene.wait_for("streams", 1);
    scene.publish("after");
    assert_eq!(stream.next_event().data, "after");
}

fn a_child_of_the_script_does_not_keep_the_connection_open(kind: Kind) {
    let script = "<?php
        $sse = Sse::start();
        exec('sleep 60 >/dev/null 2>&1 & echo $!', $pid);
        file_put_contents(__DIR__ . '/child', $pid[0]);
        $sse->subscribe('news');";
    let scene = kind.play(1, Php::with_sse(), &[("parent.php", script)]).with_hub();
    let mut stream = scene.open(&Request::get("/parent.php")).body;
    scene.wait_for("streams", 1);
    assert!(scene.hub("stop").status().unwrap().success());
    stream.read_to_end(soon()).unwrap();
    let ended = stream.end().cloned();
    let child: i32 = scene.site.read("child").parse().unwrap();
    let child = rustix::process::Pid::from_raw(child).unwrap();
    let _ = rustix::process::kill_process(child, Signal::KILL);
    assert_eq!(ended, Some(End::Clean));
}

fn silence_is_broken_by_heartbeats(kind: Kind) {
    let scene = kind.play(1, Php::with_sse().ini("sse.heartbeat", "0.05"), &[]).with_hub();
    let mut stream = scene.open(&Request::get("/subscribe.php")).body;
    scene.wait_for("streams", 1);
    stream.read_until(b":\n:\n:\n", soon()).unwrap();
}

#[test]
fn streams_outlive_the_reload_and_the_end_of_fpm() {
    let scene = Kind::Fpm.play_alone();
    let mut streams: Vec<_> = (0..10).map(|_| scene.subscribe("")).collect();
    scene.wait_for("streams", 10);
    for round in 0..3 {
        scene.server.reload();
        let data = round.to_string();
        scene.publish_from_command_line(&data);
        for stream in &mut streams {
            assert_eq!(stream.next_event().data, data);
        }
    }
    scene.server.signal(Signal::QUIT);
    scene.publish_from_command_line("after the end");
    for stream in &mut streams {
        assert_eq!(stream.next_event().data, "after the end");
    }
}

#[test]
fn streams_outlive_the_workers_that_they_come_from() {
    let scene = Kind::FpmRecycling.play_alone();
    let mut streams: Vec<_> = (0..20).map(|_| scene.subscribe("")).collect();
    scene.wait_for("streams", 20);
    let id = scene.publish("to all");
    for stream in &mut streams {
        assert_eq!(stream.next_event().id.as_ref(), Some(&id));
    }
    assert_eq!(scene.status()["accepted"], 20);
}

#[test]
fn compression_of_phps_own_is_out_of_the_way() {
    let php = Php::with_sse().system_extensions().ini("zlib.output_compression", "1");
    let scene = Kind::Fpm.play(1, php, &[]).with_hub();
    let request = Request::get("/subscribe.php").header("Accept-Encoding", "gzip");
    let mut stream = scene.open(&request).events();
    scene.wait_for("streams", 1);
    scene.publish("plain");
    assert_eq!(stream.next_event().data, "plain");
}

#[test]
fn what_is_echoed_before_keeps_its_place() {
    let script = "<?php
        $sse = Sse::start();
        echo 'data: of the script';
        $sse->subscribe('news');";
    let scene = Kind::Fpm.play(1, Php::with_sse(), &[("echo.php", script)]).with_hub();
    let mut stream = scene.open(&Request::get("/echo.php")).events();
    scene.publish("of the hub");
    assert_eq!(stream.next_event().data, "of the script");
    assert_eq!(stream.next_event().data, "of the hub");
}

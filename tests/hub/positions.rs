//! Clients on topics where nothing has happened yet: what is published while they are away comes when they are
//! back, whoever serves them and whatever has ended their stream.

use rustix::process::{Pid, kill_process};
use server_tests::event_stream::{Event, Item, POSITION};
use server_tests::http::{EventStream, Request};
use server_tests::patience::{soon, wait_for};
use server_tests::process::Signal;
use server_tests::server::Php;

use crate::scene::{Kind, Scene};

/// A client that has had no event yet, and knows no more than an `EventSource` does.
struct Client<'a> {
    scene: &'a Scene,
    target: &'static str,
    stream: Option<EventStream>,
    last: String,
}

impl<'a> Client<'a> {
    fn new(scene: &'a Scene, target: &'static str) -> Self {
        let mut client = Self { scene, target, stream: None, last: String::new() };
        client.come_back();
        let told = client.next();
        assert!(told.event == POSITION && told.data == "{}", "{told:?}");
        client
    }

    fn come_back(&mut self) {
        let request = Request::get(self.target);
        let request = match self.last.as_str() {
            "" => request,
            id => request.header("Last-Event-ID", id),
        };
        self.stream = Some(self.scene.open(&request).events());
    }

    /// The next event, whatever it says.
    #[track_caller]
    fn next(&mut self) -> Event {
        loop {
            let item = self.stream.as_mut().unwrap().next_item(soon()).unwrap();
            if let Item::Event(event) = item.unwrap() {
                self.last.clone_from(&event.last_event_id);
                return event;
            }
        }
    }

    /// The next one that says something.
    #[track_caller]
    fn next_event(&mut self) -> Event {
        loop {
            let event = self.next();
            if event.event != POSITION {
                return event;
            }
        }
    }

    /// Takes what comes until its stream is ended.
    fn wait_for_the_end(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        let mut stream = self.stream.take().unwrap();
        while let Ok(Some(item)) = stream.next_item(soon()) {
            if let Item::Event(event) = item {
                self.last.clone_from(&event.last_event_id);
                events.push(event);
            }
        }
        events
    }

    /// Its connection is cut.
    fn leave(&mut self) {
        self.stream = None;
    }

    #[track_caller]
    fn comes_back_for(&mut self, id: &str) {
        self.come_back();
        let event = self.next_event();
        assert_eq!((event.event.as_str(), event.id.as_deref()), ("message", Some(id)));
    }
}

const MOVES: &str = "/subscribe.php";
const STAYS: &str = "/subscribe.php?stay";
const SHORT: &str = "/short.php";
const SHORT_STAYS: &str = "/short.php?stay";

const SHORT_LIFE: &str = r"<?php
    Sse::start(maxLifetime: 0.5)->subscribe('news', handOff: !isset($_GET['stay']));";

fn play() -> Scene {
    Kind::Fpm.play(4, Php::with_sse(), &[("short.php", SHORT_LIFE)]).with_hub()
}

#[test]
fn a_network_that_is_cut_costs_nobody_the_first_event() {
    for kind in [Kind::Fpm, Kind::Cgi, Kind::Builtin, Kind::Apache, Kind::ApacheTls] {
        let scene = kind.play(2, Php::with_sse(), &[]).with_hub();
        let targets: &[_] = if matches!(kind, Kind::Builtin) { &[MOVES] } else { &[MOVES, STAYS] };
        for target in targets {
            let mut client = Client::new(&scene, target);
            client.leave();
            scene.wait_for("streams", 0);
            scene.wait_for("workers", 0);
            let id = scene.publish("first");
            client.comes_back_for(&id);
        }
    }
}

#[test]
fn a_stream_that_has_lived_long_enough_costs_nobody_the_first_event() {
    let scene = play();
    for target in [SHORT, SHORT_STAYS] {
        let mut client = Client::new(&scene, target);
        client.wait_for_the_end();
        let id = scene.publish("first");
        client.comes_back_for(&id);
    }
}

#[test]
fn a_reload_of_the_server_costs_nobody_the_first_event() {
    let scene = play();
    let mut client = Client::new(&scene, STAYS);
    scene.wait_for("workers", 1);
    scene.server.reload();
    client.wait_for_the_end();
    let id = scene.publish_from_command_line("first");
    client.comes_back_for(&id);
}

#[test]
fn an_upgrade_of_the_hub_costs_nobody_the_first_event() {
    let scene = play();
    let mut clients = [MOVES, STAYS].map(|target| Client::new(&scene, target));
    clients.iter_mut().for_each(Client::leave);
    scene.wait_for("streams", 0);
    scene.wait_for("workers", 0);
    assert!(scene.hub("upgrade").status().unwrap().success());
    let id = scene.publish("first");
    for client in &mut clients {
        client.comes_back_for(&id);
    }
}

#[test]
fn who_comes_back_after_the_hub_has_ended_is_told_reset() {
    for signal in [Signal::KILL, Signal::TERM] {
        let scene = play();
        let mut client = Client::new(&scene, MOVES);
        let end = scene.hub_pid().and_then(Pid::from_raw).unwrap();
        kill_process(end, signal).unwrap();
        client.wait_for_the_end();
        scene.publish_from_command_line("of another hub");
        client.come_back();
        assert_eq!(client.next_event().event, "reset");
        let id = scene.publish("later");
        assert_eq!(client.next_event().id, Some(id));
    }
}

#[test]
fn the_goodbye_of_a_hub_tells_what_its_client_does_not_know() {
    let scene = play();
    let mut client = Client::new(&scene, MOVES);
    let start = client.last.clone();
    let publish = "echo Sse::publish('other', 'x');";
    let id = scene.command_line(publish).output().unwrap().stdout;
    assert!(scene.hub("stop").status().unwrap().success());
    let last = client.wait_for_the_end();
    assert!(last.len() == 1 && last[0].event == POSITION, "{last:?}");
    assert_eq!(client.last.as_bytes(), id);
    assert_ne!(client.last, start);
}

#[test]
fn a_stream_without_a_hub_is_told_that_nobody_knows_where_it_is_and_then_where() {
    let php = Php::with_sse().ini("sse.hub_spawn", "0");
    let scene = Kind::Fpm.play(2, php, &[]);
    let mut client = Client::new(&scene, STAYS);
    assert_eq!(client.last, "0-1");
    client.leave();
    let mut hub = scene.hub("serve").spawn().unwrap();
    wait_for("the hub", soon(), || scene.hub_pid());
    let position = scene.status()["lastEventId"].as_str().unwrap().to_owned();
    client.come_back();
    assert_eq!((client.next_event().event, &client.last), ("reset".to_owned(), &position));
    assert!(scene.hub("stop").status().unwrap().success());
    hub.wait().unwrap();
}

#[test]
fn what_a_filter_keeps_from_a_client_does_not_make_it_miss_anything() {
    let script = r"<?php
        Sse::start()->subscribe('news', fn (SseEvent $event) => $event->data !== 'secret');";
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[("filter.php", script)]).with_hub();
    let mut client = Client::new(&scene, "/filter.php");
    scene.wait_for("workers", 1);
    let storm = "for ($i = 0; $i < 1200; $i++) { $id = Sse::publish('news', 'secret'); } echo $id;";
    let last = String::from_utf8(scene.command_line(storm).output().unwrap().stdout).unwrap();
    let mut told = 0;
    while client.last != last {
        assert_eq!(client.next().event, POSITION);
        told += 1;
    }
    assert!((1..=13).contains(&told), "a position for each 100 that are kept back: {told}");
    client.leave();
    scene.wait_for("workers", 0);
    let id = scene.publish("public");
    client.comes_back_for(&id);
}

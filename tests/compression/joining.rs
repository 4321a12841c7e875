//! Clients that come and go while events are published: the hub encodes for all of a coding at once, and each of them
//! can decode each event when it is published, whenever it has come.

use fastrand::Rng;
use server_tests::content_coding::Coding;

use crate::scene::{ASKED, Events, Scene, name};
use crate::server::Kind;

const SUBSCRIBE: &str = "<?php
    $sse = Sse::start(heartbeat: $_GET['heartbeat'], compress: true);
    $sse->subscribe(explode(' ', $_GET['topics']));";

/// Publishes an event as large as the query says, and of one kind with those before.
const PUBLISH: &str = "<?php
    mt_srand(20);
    for ($text = ''; strlen($text) < $_GET['size'];) {
        $text .= '<td>' . mt_rand() . '</td>';
    }
    echo Sse::publish($_GET['topic'], \"$_GET[number] $text\");";

#[test]
fn whoever_comes_and_goes_each_can_decode_every_event_when_it_is_published() {
    let files = [("subscribe.php", SUBSCRIBE), ("publish.php", PUBLISH)];
    let scene = Scene::new(Kind::Fpm, 2, &files);
    scene.start_hub();
    let mut random = Rng::with_seed(20);
    let mut clients: Vec<Events> = Vec::new();
    for number in 0..300 {
        // More and more for a while, and then fewer.
        let joins = random.u32(0..300) > number;
        if joins || clients.is_empty() {
            clients.push(join(&scene, ASKED[random.usize(0..ASKED.len())], &mut random));
        } else {
            drop(clients.swap_remove(random.usize(0..clients.len())));
        }
        let size = [0, 50, 500, 5_000, 50_000][random.usize(0..5)];
        let target = format!("/publish.php?topic=news&number={number}&size={size}");
        let id = scene.server.get(&target).into_text();
        for client in &mut clients {
            let event = client.next_event();
            let coding = name(client.source().coding());
            assert_eq!(event.id, Some(id.clone()), "{number}, {coding}");
            assert!(event.data.starts_with(&format!("{number} ")), "{number}, {coding}");
            assert!(event.data.len() >= size, "{number}, {coding}: {} bytes", event.data.len());
        }
    }
}

/// A client that follows one topic, or others, too.
#[track_caller]
fn join(scene: &Scene, coding: Option<Coding>, random: &mut Rng) -> Events {
    let heartbeat = ["0.05", "3600"][random.usize(0..2)];
    let topics = ["news", "news+others"][random.usize(0..2)];
    let target = format!("/subscribe.php?heartbeat={heartbeat}&topics={topics}");
    let mut client = scene.events(&target, coding);
    // The first comment: it is in the hub, or on its way there before whatever is published from now on.
    client.next_item(server_tests::patience::soon()).unwrap();
    client
}

//! The memory of streams and encoders, and who has one.

use content_coding::Coding;
use hub_protocol::Framing;

use super::scene::Scene;
use super::side::Opening;
use crate::shard::Compression;

fn opening(topics: u8) -> Opening {
    Opening { topics, framing: Framing::Raw, text: "", ends: false }
}

#[test]
fn a_stream_takes_less_than_64_bytes_more_for_its_compression() {
    let more = size_of::<Option<Compression>>();
    assert!(more < 64, "{more}");
}

/// The memory of one encoder.
fn one(coding: Coding) -> usize {
    let mut scene = Scene::new(coding, 1 << 40, false);
    scene.join(&opening(1), false);
    scene.publish(1, b"x");
    scene.sides[0].encoders.used()
}

#[test]
fn without_memory_each_event_is_compressed_by_itself_and_with_it_a_stream_alone_has_an_encoder() {
    for coding in Coding::ALL {
        for (memory, encoders) in [(0, 0), (one(coding) - 1, 0), (one(coding), 1)] {
            let mut scene = Scene::new(coding, memory, false);
            scene.join(&opening(1), false);
            for _ in 0..3 {
                scene.publish(1, b"the same");
            }
            assert_eq!(scene.sides[0].encoders.encoders(), encoders, "{coding:?}, {memory}");
            scene.check();
            scene.end();
        }
    }
}

#[test]
fn a_group_with_more_streams_takes_the_place_of_one_with_fewer() {
    for coding in Coding::ALL {
        let mut scene = Scene::new(coding, one(coding), false);
        scene.join(&opening(1), false);
        scene.publish(1, b"one stream");
        let has_encoder = |scene: &mut Scene, client: usize| scene.has_encoder(client);
        assert!(has_encoder(&mut scene, 0));
        scene.join(&opening(2), false);
        scene.publish(2, b"as many streams");
        assert!(!has_encoder(&mut scene, 1), "{coding:?}: first come, first served");
        scene.join(&opening(2), false);
        scene.publish(2, b"more streams");
        assert!(has_encoder(&mut scene, 1) && !has_encoder(&mut scene, 0), "{coding:?}");
        for text in [&b"both"[..], b"are sent"] {
            scene.publish(3, text);
        }
        scene.check();
        scene.end();
    }
}

#[test]
fn a_newcomer_waits_until_it_has_cost_as_much_as_a_new_segment_for_all() {
    for coding in Coding::ALL {
        let mut scene = Scene::new(coding, 1 << 40, false);
        let publish = |scene: &mut Scene| {
            scene.publish(1, b"the same length");
            scene.segments()
        };
        (0..10).for_each(|_| scene.join(&opening(1), false));
        assert_eq!([(); 12].map(|()| publish(&mut scene)), [1; 12], "{coding:?}: nobody waits");
        scene.join(&opening(1), false);
        assert_eq!(
            [(); 10].map(|()| publish(&mut scene)),
            [1; 10],
            "{coding:?}: it is one of eleven"
        );
        assert_eq!([(); 12].map(|()| publish(&mut scene)), [2; 12], "{coding:?}: it is inside");
        (0..5).for_each(|_| scene.join(&opening(1), false));
        // Eleven are inside, and five cost as much in three events.
        assert_eq!([(); 4].map(|()| publish(&mut scene)), [2, 2, 2, 3], "{coding:?}");
        scene.check();
        scene.end();
    }
}

#[test]
fn a_newcomer_among_thousands_does_not_wait_for_ever() {
    let mut scene = Scene::new(Coding::Zstd, 1 << 40, false);
    (0..300).for_each(|_| scene.join(&opening(1), false));
    scene.publish(1, b"x");
    scene.join(&opening(1), false);
    let events = (1..1000).find(|_| {
        scene.publish(1, b"x");
        scene.segments() == 2
    });
    assert_eq!(events, Some(256));
    scene.end();
}

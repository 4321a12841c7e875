//! Compressed streams beside the same streams without compression: whatever happens, each client decodes, event by
//! event, what the other one is sent.
//!
//! # Layout
//! * `scene`: both kinds of streams, and what happens to them
//! * `side`: one of them: a shard, and its clients
//! * `client`: a client, which takes the framing off and decodes; `independent`: other people's decoders
//! * `costs`: the memory of streams and encoders, and who has one

mod client;
mod costs;
#[path = "../../../../content-coding/tests/responses/independent.rs"]
mod independent;
mod scene;
mod side;

use std::sync::Arc;

use content_coding::Coding;
use hub_protocol::Framing;
use proptest::{collection::vec, prelude::*, sample::select};

use scene::Scene;
use side::Opening;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    Publish(u8, Vec<u8>),
    Join(Opening),
    /// One joins that waits for its replay, and gets it with the next of these steps.
    JoinLate(Opening),
    Replay,
    Leave(usize),
    /// One reads nothing for a while.
    Stall(usize),
    Release(usize),
    /// So many seconds pass.
    Wait(u64),
    Reset,
    /// One is ended for a younger one.
    Drop(usize),
    Upgrade,
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let tick = (0..2000u32).prop_map(|price| format!("{{\"price\":{price}}}").into_bytes());
    let board = (0..99u32, 1..200usize).prop_map(|(n, rows)| {
        format!("<tr><td>{n}</td><td>open</td></tr>\n").repeat(rows).into_bytes()
    });
    let noise = vec(any::<u8>(), 0..600);
    // More than a socket takes at once, and hardly compressible.
    let long = any::<u32>().prop_map(|seed| {
        let noise = (0..60_000u32).map(|n| (n ^ seed).wrapping_mul(2_654_435_761).to_le_bytes()[2]);
        noise.map(|byte| byte % 64 + 32).collect()
    });
    prop_oneof![6 => tick, 4 => board, 2 => noise, 1 => long]
}

fn opening() -> impl Strategy<Value = Opening> {
    let framing = select(vec![
        Framing::Raw,
        Framing::Chunked,
        Framing::FastCgi { request_id: 1, is_kept: false },
        Framing::FastCgi { request_id: 7, is_kept: true },
    ]);
    // Few kinds, so that there are groups.
    (1..=3u8, framing, select(vec!["", "", "", "hi"]), prop::bool::weighted(0.1))
        .prop_map(|(topics, framing, text, ends)| Opening { topics, framing, text, ends })
}

fn step() -> impl Strategy<Value = Step> {
    let any = any::<usize>;
    prop_oneof![
        20 => (1..=3u8, text()).prop_map(|(topics, text)| Step::Publish(topics, text)),
        8 => opening().prop_map(Step::Join),
        2 => opening().prop_map(Step::JoinLate),
        2 => Just(Step::Replay),
        2 => any().prop_map(Step::Leave),
        2 => any().prop_map(Step::Stall),
        2 => any().prop_map(Step::Release),
        4 => (1..20u64).prop_map(Step::Wait),
        1 => Just(Step::Reset),
        1 => any().prop_map(Step::Drop),
        1 => Just(Step::Upgrade),
    ]
}

fn run(scene: &mut Scene, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Publish(topics, text) => scene.publish(*topics, text),
            Step::Join(opening) => scene.join(opening, false),
            Step::JoinLate(opening) => scene.join(opening, true),
            Step::Replay => scene.replay(),
            Step::Leave(index) => scene.leave(*index),
            Step::Stall(index) => scene.stall(*index),
            Step::Release(index) => {
                scene.release(*index);
                // From here on all have been silent for equally long again.
                scene.publish(3, b"released");
            }
            Step::Wait(seconds) => scene.wait(*seconds),
            Step::Reset => scene.reset(),
            Step::Drop(index) => scene.drop(*index),
            Step::Upgrade => scene.upgrade(),
        }
        scene.check();
    }
    scene.end();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn each_client_decodes_what_it_gets_without_compression(
        steps in vec(step(), 1..40),
        memory in select(vec![0, 700_000, 1 << 40]),
    ) {
        for coding in Coding::ALL {
            run(&mut Scene::new(coding, memory, false), &steps);
        }
    }

    /// Those who share a segment are told their position together, and then are silent for equally long.
    #[test]
    fn so_it_does_where_positions_are_told_all_the_time(
        steps in vec(step(), 1..40),
        memory in select(vec![0, 700_000, 1 << 40]),
    ) {
        for coding in Coding::ALL {
            run(&mut Scene::new(coding, memory, true), &steps);
        }
    }
}

#[test]
fn who_joins_without_a_new_segment_decodes_something_else() {
    for coding in Coding::ALL {
        let mut scene = Scene::new(coding, 1 << 40, false);
        let opening = Opening { topics: 1, framing: Framing::Raw, text: "", ends: false };
        scene.join(&opening, false);
        let text = b"a long enough event that comes again as it was, and says so again";
        scene.publish(1, text);
        scene.publish(1, text);
        scene.check();
        scene.join(&opening, false);
        scene.smuggle_the_last_into_the_segment();
        scene.publish(1, text);
        assert!(scene.is_wrong(), "{coding:?}: it has had nothing that this refers to");
    }
}

#[test]
fn an_event_is_compressed_once_for_all_and_queues_hold_the_same_bytes() {
    for coding in Coding::ALL {
        let mut scene = Scene::new(coding, 1 << 40, false);
        for framing in [Framing::Raw, Framing::Chunked] {
            for _ in 0..3 {
                scene.join(&Opening { topics: 1, framing, text: "", ends: false }, false);
            }
        }
        scene.publish(1, b"one");
        (0..6).for_each(|index| scene.stall(index));
        scene.publish(1, &b"two ".repeat(100));
        let queues = scene.queues();
        let [raw, chunked] = [&queues[..3], &queues[3..]];
        for same in [raw, chunked] {
            let [first, others @ ..] = same else { panic!("{same:?}") };
            assert_eq!(first.len(), 1, "{coding:?}");
            for other in others {
                assert!(
                    Arc::ptr_eq(&first[0], &other[0]),
                    "{coding:?}: the same bytes, not equal ones"
                );
            }
        }
        (0..6).for_each(|index| scene.release(index));
        scene.check();
        scene.end();
    }
}

//! A page that follows topics, on the hub.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use server_tests::browser::Kind;
use server_tests::cable::Cable;
use server_tests::event_stream::POSITION;
use server_tests::hub::HubOf;
use server_tests::in_each_browser;
use server_tests::patience::{soon, wait_for, wait_for_eq};

use crate::scene::{Served, Window};

in_each_browser![
    a_page_whose_position_is_no_longer_kept_is_told_reset,
    a_page_that_has_had_an_event_misses_nothing_while_it_is_away,
    a_page_that_has_missed_nothing_is_not_told_reset,
    a_page_on_a_quiet_topic_misses_nothing_while_its_network_is_away,
    a_page_on_a_quiet_topic_misses_nothing_while_its_hub_is_stopped,
    a_page_on_a_quiet_topic_misses_nothing_while_its_hub_has_been_killed,
    a_page_on_a_quiet_topic_misses_nothing_while_its_server_reloads,
    a_page_on_a_quiet_topic_misses_nothing_when_its_time_is_over,
];

/// Follows a topic, in the hub's hands or in the worker's.
const FOLLOW: &str = "<?php
    $sse = Sse::start(retry: 50, maxLifetime: $_GET['lifetime'] ?? null);
    $sse->subscribe($_GET['topic'], handOff: !isset($_GET['stay']));";

/// Publishes, and starts a hub where there is none, however long the machine takes.
const PUBLISH: &str = "<?php
    while (true) {
        try {
            exit(Sse::publish($_GET['topic'], $_GET['data']));
        } catch (SseException) {
            usleep(10_000);
        }
    }";

/// A page that reaches its server over a cable.
struct Scene {
    window: Window,
    cable: Cable,
    hub: HubOf,
}

impl Scene {
    /// With a hub that has heard of one event, on another topic.
    fn start(kind: Kind) -> Self {
        let (served, hub) = Served::with_hub(&[("follow.php", FOLLOW), ("publish.php", PUBLISH)]);
        let cable = Cable::to(served.server.addr());
        let window = Window::at(kind, &cable.url("/page.html"), served);
        let scene = Self { window, cable, hub };
        scene.publish("others", "before");
        scene
    }

    /// Opens the page's stream, and waits until the hub has it, and the page knows where it is.
    #[track_caller]
    fn follow(&self, query: &str) {
        let url = format!("/follow.php?{query}");
        self.window.listen_to("stream", &url, &["message", "reset", POSITION]);
        self.wait_for_followers(1);
        let knows = |seen: &Value| seen[0] == POSITION;
        wait_for("a position", soon(), || {
            self.seen_with_positions().iter().any(knows).then_some(())
        });
    }

    /// Publishes beside the cable.
    #[track_caller]
    fn publish(&self, topic: &str, data: &str) -> String {
        let target = format!("/publish.php?topic={topic}&data={data}");
        let response = self.window.served.server.get(&target);
        assert_eq!(response.status(), 200);
        response.into_text()
    }

    /// Closes the page's stream, and waits until the hub knows.
    #[track_caller]
    fn close(&self) {
        self.window.browser.execute("stream.source.close()", &[]);
        self.wait_for_followers(0);
    }

    /// The page has seen these of its stream, positions left out.
    fn seen(&self) -> Vec<Value> {
        let mut seen = self.seen_with_positions();
        seen.retain(|seen| seen[0] != POSITION);
        seen
    }

    fn seen_with_positions(&self) -> Vec<Value> {
        let seen = self.window.browser.execute("return stream.seen", &[]);
        seen.as_array().unwrap().clone()
    }

    /// Null while there is no hub.
    fn status(&self) -> Value {
        let report = self.hub.program("status").arg("--json").output().unwrap();
        serde_json::from_slice(&report.stdout).unwrap_or_default()
    }

    /// Waits until so many follow, with a worker or without.
    #[track_caller]
    fn wait_for_followers(&self, number: u64) {
        wait_for(&format!("{number} to follow"), soon(), || {
            let status = self.status();
            let followers = |of: &str| status[of].as_u64().unwrap_or_default();
            (followers("streams") + followers("workers") == number).then_some(())
        });
    }

    /// Ends the page's stream by what `end` does, and keeps it away until `meanwhile` has happened. Gives what
    /// that gives, and all that the page has seen up to an event that is published after its return.
    #[track_caller]
    fn while_away<T>(
        &self,
        topic: &str,
        end: impl FnOnce(&Self),
        meanwhile: impl FnOnce() -> T,
    ) -> (T, Vec<Value>) {
        self.cable.hold();
        end(self);
        wait_for("the page to lose its stream", soon(), || {
            (self.seen().last() == Some(&json!("error"))).then_some(())
        });
        self.wait_for_followers(0);
        let happened = meanwhile();
        self.cable.mend();
        self.wait_for_followers(1);
        let last = json!(["message", "after", self.publish(topic, "after")]);
        wait_for("the last event", soon(), || self.seen().contains(&last).then_some(()));
        (happened, self.seen())
    }

    /// Has the page miss an event while it is away.
    #[track_caller]
    fn miss(&self, topic: &str, end: impl FnOnce(&Self)) {
        let (missed, seen) = self.while_away(topic, end, || self.publish(topic, "missed"));
        let told =
            |seen: &Value| seen[0] == "reset" || *seen == json!(["message", "missed", missed]);
        assert!(seen.iter().any(told), "lost in silence: {seen:?}");
    }
}

/// A way to end a page's stream, and the query of a stream that it ends.
type End = (&'static str, fn(&Scene));

const CUTS: [End; 2] = [("", cut), ("&stay", cut)];
const HUB_STOPS: [End; 1] = [("", stop_hub)];
const HUB_DIES: [End; 1] = [("", kill_hub)];
const RELOADS: [End; 1] = [("&stay", |scene| scene.window.served.server.reload())];
const LIFETIMES: [End; 2] = [("&lifetime=1", |_| ()), ("&lifetime=1&stay", |_| ())];

fn cut(scene: &Scene) {
    scene.cable.cut();
}

fn stop_hub(scene: &Scene) {
    assert!(scene.hub.program("stop").status().unwrap().success());
}

fn kill_hub(scene: &Scene) {
    let pid = scene.status()["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok());
    kill_process(pid.and_then(Pid::from_raw).unwrap(), Signal::KILL).unwrap();
}

fn a_page_that_has_had_an_event_misses_nothing_while_it_is_away(kind: Kind) {
    let scene = Scene::start(kind);
    let ends = CUTS.into_iter().chain(HUB_STOPS).chain(HUB_DIES).chain(RELOADS).chain(LIFETIMES);
    for (number, (query, end)) in ends.enumerate() {
        let topic = format!("topic{number}");
        scene.follow(&format!("topic={topic}{query}"));
        let first = json!(["message", "first", scene.publish(&topic, "first")]);
        wait_for("the first event", soon(), || scene.seen().contains(&first).then_some(()));
        scene.miss(&topic, end);
        scene.close();
    }
}

fn a_page_whose_position_is_no_longer_kept_is_told_reset(kind: Kind) {
    for query in ["", "&stay"] {
        let scene = Scene::start(kind);
        scene.follow(&format!("topic=news{query}&lastEventId=0-1"));
        let newest = scene.status()["lastEventId"].as_str().unwrap().to_owned();
        let id = scene.publish("news", "live");
        let reset = json!(["reset", r#"{"lastEventId":"0-1"}"#, newest]);
        let seen = vec![json!("open"), reset, json!(["message", "live", id])];
        wait_for_eq(&seen, soon(), || scene.seen());
    }
}

/// Of other topics it hears nothing, and where the hub stays the same, that is known of it.
fn a_page_that_has_missed_nothing_is_not_told_reset(kind: Kind) {
    let scene = Scene::start(kind);
    let ends = CUTS.into_iter().chain(RELOADS).chain(LIFETIMES);
    for (number, (query, end)) in ends.enumerate() {
        let topic = format!("topic{number}");
        scene.follow(&format!("topic={topic}{query}"));
        let (_, seen) = scene.while_away(&topic, end, || scene.publish("others", "meanwhile"));
        assert!(!seen.iter().any(|seen| seen[0] == "reset"), "{query}: {seen:?}");
        scene.close();
    }
}

/// Nothing has happened on its topic yet: all that can tell where the page was is what its stream began with,
/// or ended with.
#[track_caller]
fn a_quiet_page_misses_nothing(kind: Kind, ends: &[End]) {
    let scene = Scene::start(kind);
    for (number, (query, end)) in ends.iter().enumerate() {
        let topic = format!("quiet{number}");
        scene.follow(&format!("topic={topic}{query}"));
        scene.miss(&topic, end);
        scene.close();
    }
}

fn a_page_on_a_quiet_topic_misses_nothing_while_its_network_is_away(kind: Kind) {
    a_quiet_page_misses_nothing(kind, &CUTS);
}

fn a_page_on_a_quiet_topic_misses_nothing_while_its_hub_is_stopped(kind: Kind) {
    a_quiet_page_misses_nothing(kind, &HUB_STOPS);
}

fn a_page_on_a_quiet_topic_misses_nothing_while_its_hub_has_been_killed(kind: Kind) {
    a_quiet_page_misses_nothing(kind, &HUB_DIES);
}

fn a_page_on_a_quiet_topic_misses_nothing_while_its_server_reloads(kind: Kind) {
    a_quiet_page_misses_nothing(kind, &RELOADS);
}

fn a_page_on_a_quiet_topic_misses_nothing_when_its_time_is_over(kind: Kind) {
    a_quiet_page_misses_nothing(kind, &LIFETIMES);
}

//! The backlog beside a history that forgets nothing.

use std::time::Duration;

use hub_protocol::{Publication, Topics};
use proptest::collection::vec;
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

use super::*;

const NAMES: [&str; 3] = ["a", "b", "c"];

/// Something that happens to a backlog.
#[derive(Debug, Clone)]
enum Step {
    /// An event under some of the topics, of so many bytes.
    Push { topics: Vec<usize>, length: usize },
    /// So many milliseconds pass.
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let topics = vec(0..NAMES.len(), 1..=NAMES.len());
    prop_oneof![
        4 => (topics, 0..1500_usize).prop_map(|(topics, length)| Step::Push { topics, length }),
        1 => (0..400_u64).prop_map(Step::Pass),
    ]
}

fn topics(numbers: &[usize]) -> Topics {
    let names = numbers.iter().map(|number| Topic::new(NAMES[*number].as_bytes()).unwrap());
    names.collect::<Vec<_>>().try_into().unwrap()
}

/// A backlog, and everything that was ever in it.
struct World {
    backlog: Backlog,
    limits: BacklogLimits,
    history: Vec<Arc<Update>>,
    last: EventId,
    now: Instant,
}

const START: EventId = EventId { milliseconds: 1000, sequence: 0 };

impl World {
    fn new(events: usize, bytes: usize) -> Self {
        let limits = BacklogLimits { events, bytes, age: Duration::from_secs(1) };
        let backlog = Backlog::new(limits, Some(START));
        Self { backlog, limits, history: Vec::new(), last: START, now: Instant::now() }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Push { topics: numbers, length } => {
                self.last = self.last.next(0);
                let topics = topics(&numbers);
                let publication = Publication { topics, event: None, data: vec![b'x'; length] };
                let event = Arc::new(Update::new(self.last, publication, self.now));
                self.history.push(Arc::clone(&event));
                self.backlog.push(&event);
            }
            Step::Pass(milliseconds) => {
                self.now += Duration::from_millis(milliseconds);
                self.backlog.expire(self.now);
            }
        }
    }

    /// All that these topics have had after an id.
    fn after(&self, topics: &Topics, id: EventId) -> Vec<EventId> {
        let is_theirs = |event: &&Arc<Update>| event.topics.iter().any(|it| topics.contains(it));
        let later = self.history.iter().filter(|event| event.id > id).filter(is_theirs);
        later.map(|event| event.id).collect()
    }

    /// True while a topic lists the event.
    fn lists(&self, topic: &Topic, id: EventId) -> bool {
        self.backlog.rings.after(topic, EventId::ZERO).any(|listed| listed == id)
    }

    fn check(&self, topics: &Topics, id: EventId) {
        let expected = self.after(topics, id);
        let is_lost = topics.iter().any(|topic| {
            let of_topic = |event: &&Arc<Update>| event.topics.contains(topic) && event.id > id;
            self.history.iter().filter(of_topic).any(|event| !self.lists(topic, event.id))
        });
        match self.backlog.since(topics, id) {
            Missed::Updates(updates) => {
                let ids: Vec<EventId> = updates.iter().map(|update| update.id).collect();
                assert_eq!(ids, expected, "after {id}");
                assert!(!is_lost && id >= START, "after {id}");
            }
            Missed::Evicted => assert!(is_lost || id < START, "after {id}, nothing was lost"),
        }
    }

    fn check_limits(&self) {
        let sizes = self.backlog.updates().map(|update| update.counted());
        assert_eq!(self.backlog.tally.get(), sizes.sum::<usize>());
        assert!(self.backlog.size().1 <= self.limits.bytes || self.backlog.size().0 == 0);
        for name in NAMES {
            let topic = Topic::new(name.as_bytes()).unwrap();
            let listed = self.backlog.rings.after(&topic, EventId::ZERO).count();
            assert!(listed <= self.limits.events, "{name}: {listed}");
        }
    }

    /// Holds that everything that arrived since `then` comes after the position, and nothing else that is kept.
    fn check_position(&self, then: Instant) {
        if let Some(position) = self.backlog.position_at(then) {
            for event in &self.history {
                assert_eq!(event.id > position, event.arrived >= then, "{}", event.id);
            }
        } else {
            let kept = |event: &&Arc<Update>| self.backlog.updates.contains_key(&event.id);
            let gone = self.history.iter().filter(|event| !kept(event));
            assert!(gone.into_iter().any(|event| event.arrived >= then));
        }
    }
}

proptest! {
    #[test]
    fn all_that_was_missed_is_given_out_or_it_is_said_that_it_cannot_be(
        events in 1..6_usize,
        bytes in 5000..20_000_usize,
        steps in vec(step(), 1..60),
        asked in vec((vec(0..NAMES.len(), 1..=NAMES.len()), 0..70_u64, 0..2000_u64), 1..20),
    ) {
        let mut world = World::new(events, bytes);
        for step in steps {
            world.take(step);
            world.check_limits();
        }
        for (numbers, sequence, ago) in asked {
            let id = EventId { milliseconds: START.milliseconds, sequence };
            world.check(&topics(&numbers), id.min(world.last));
            let then = world.now.checked_sub(Duration::from_millis(ago));
            world.check_position(then.unwrap());
        }
        world.check(&topics(&[0, 1, 2]), EventId::ZERO);
    }
}

/// The time of this thread that 5,000 publications take, each under the next of so many topics; the least of
/// three.
fn time_to_push(backlog: &mut Backlog, topics: usize, last: &mut EventId) -> Duration {
    let rounds = (0..3).map(|_| {
        let begun = spent();
        for i in 0..5_000 {
            push_one(backlog, i * 7 % topics, last);
        }
        spent().saturating_sub(begun)
    });
    rounds.min().unwrap()
}

fn spent() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

fn push_one(backlog: &mut Backlog, topic: usize, last: &mut EventId) {
    *last = last.next(0);
    let topic = Topic::new(topic.to_string().as_bytes()).unwrap();
    let topics = vec![topic].try_into().unwrap();
    let publication = Publication { topics, event: None, data: Vec::new() };
    backlog.push(&Arc::new(Update::new(*last, publication, Instant::now())));
}

/// The costs with 150,000 topics in all are nothing like 150,000 steps for each publication: `bytes` says whether
/// they have events, or have had some.
fn costs_as_much_with_many_topics(bytes: usize) {
    let limits = BacklogLimits { events: 1000, bytes, age: Duration::from_secs(3600) };
    let mut last = START;
    let mut few = Backlog::new(limits, Some(START));
    let with_few = time_to_push(&mut few, 100, &mut last);
    let mut many = Backlog::new(limits, Some(START));
    (0..150_000).for_each(|topic| push_one(&mut many, topic, &mut last));
    let with_many = time_to_push(&mut many, 150_000, &mut last);
    println!("{with_few:?} with few, {with_many:?} with {} topics", many.topics());
    assert!(with_many < with_few * 20, "{with_few:?} with few, {with_many:?} with many");
}

#[test]
fn a_publication_costs_as_much_with_very_many_topics() {
    costs_as_much_with_many_topics(1 << 30);
}

#[test]
fn a_publication_costs_as_much_with_very_many_topics_that_are_let_go_of() {
    costs_as_much_with_many_topics(32 << 20);
    costs_as_much_with_many_topics(1 << 20);
}

#[test]
fn topics_without_events_are_forgotten_oldest_first() {
    let limits = BacklogLimits { events: 1000, bytes: 1 << 20, age: Duration::from_secs(1) };
    let (mut backlog, mut last) = (Backlog::new(limits, Some(START)), START);
    for topic in 0..10_000 {
        push_one(&mut backlog, topic, &mut last);
    }
    backlog.expire(Instant::now() + Duration::from_secs(5));
    assert_eq!((backlog.topics(), backlog.size().0), (0, 0));
    assert!(backlog.size().1 <= limits.bytes / SHARE_OF_EMPTY, "{:?}", backlog.size());
    let topic = |number: u64| vec![Topic::new(number.to_string().as_bytes()).unwrap()];
    let before = |number: u64| EventId { sequence: number, ..START };
    let missed = |number: u64, id| backlog.since(&topic(number), id);
    assert!(matches!(missed(0, before(0)), Missed::Evicted));
    assert!(matches!(missed(9_999, before(9_999)), Missed::Evicted));
    // Nothing came after what it has had, and nobody has to fear otherwise.
    assert!(matches!(missed(9_999, last), Missed::Updates(updates) if updates.is_empty()));
    assert!(
        matches!(missed(10_000, before(9_000)), Missed::Updates(updates) if updates.is_empty())
    );
}

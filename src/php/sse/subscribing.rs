//! `subscribe()`: the stream goes on with what is published, in the hub's hands or in these.

use std::time::{Duration, Instant};

use event_stream::{Event, EventId, EventType, Retry};
use ext_php_rs::types::{ZendCallable, Zval};
use hub_protocol::{Delivery, Framing, Response, Subscription};

use super::admission::time_to_come_back;
use super::object::Sse;
use crate::hub::{self, HubError, Subscriber};
use crate::php::arguments::{Argument, given};
use crate::php::current;
use crate::php::event_object::SseEvent;
use crate::php::fallback::{self, Fallback};
use crate::php::fault::Fault;
use crate::php::hub_settings::{failed, settings, topics};
use crate::php::jitter::jitter;
use crate::php::settings::HEARTBEAT_TEXT;
use crate::sapi::{PendingHandOff, Shape};
use crate::stream::StopReason;
use crate::zend::engine::{self, Owned, guarded};
use crate::zend::ini;
use crate::zend::value::callable_error;

const METHOD: &str = "Sse::subscribe";

/// What has come of an offer to the hub.
enum Handed {
    /// The stream is the hub's.
    Over,
    /// The hub has failed, and is to be asked again: whom it serves but does not take would keep its worker.
    /// Why, in words.
    NotNow(String),
    /// The stream stays with its worker; why, in words.
    Not(String),
    /// It has to make room for a younger one.
    Dropped,
    /// With this hub it never will be.
    Unfit(HubError),
    /// The script wants to serve it.
    Unasked,
}

impl Sse {
    /// Goes on with what is published. Answers whether the hub does so from here on.
    pub(super) fn subscribe_to(
        &self,
        last_event_id: Option<String>,
        names: &Zval,
        filter: Option<&Zval>,
        hands_off: bool,
    ) -> Result<bool, Fault> {
        let topics = topics(names, Argument(METHOD, 1, "topics"))?;
        let filter = given(filter);
        if let Some(error) = filter.and_then(callable_error) {
            let at = Argument(METHOD, 2, "filter");
            return Err(Fault::type_error(format!(
                "{at} must be a valid callback or null, {error}"
            )));
        }
        if self.said_reset.get() {
            return Err(Fault::wrong_moment(format!(
                "{METHOD}(): this stream has sent an event of type \"reset\", which its client would take for \
                 the hub's: give it another type"
            )));
        }
        self.follows.set(true);
        let subscription = self.subscription(topics, last_event_id);
        let open = self.is_running();
        if !self.settle(open)? {
            return Ok(false);
        }
        let mut subscriber = Subscriber::new(settings(), subscription);
        let hands_off = hands_off && filter.is_none();
        let mut fallback = None;
        loop {
            if !subscriber.is_connected() {
                subscriber.set_lifetime(self.lifetime());
                self.renew_lease();
                let handed = if hands_off {
                    self.hand_over(subscriber.subscription())
                } else {
                    Handed::Unasked
                };
                match handed {
                    Handed::Over => {
                        self.stream.stop(StopReason::HandedOff);
                        return self.settle(true);
                    }
                    Handed::Dropped => return self.say_dropped().map(|()| false),
                    Handed::NotNow(why) if self.stays(&why, &mut fallback)? => {}
                    Handed::Not(why) if self.stays(&why, &mut fallback)? => {
                        subscriber.connect().map_err(unfit)?;
                    }
                    Handed::NotNow(_) | Handed::Not(_) => {
                        // Who knows no position yet is to be told what it may miss meanwhile.
                        self.tell_position(subscriber.take_untold().as_deref())?;
                        return self.turn_away();
                    }
                    Handed::Unasked => subscriber.connect().map_err(unfit)?,
                    Handed::Unfit(error) => return Err(unfit(error)),
                }
            }
            if subscriber.is_connected() {
                self.renew_lost_lease();
            }
            if !self.follow(&mut subscriber, filter)? {
                return Ok(false);
            }
            engine::run_interrupts()?;
            Fault::if_pending()?;
        }
    }

    fn subscription(
        &self,
        topics: hub_protocol::Topics,
        last_event_id: Option<String>,
    ) -> Subscription {
        let now = Instant::now();
        let began = current::began(self.server).unwrap_or(self.opened);
        let timing = self.stream.connection().timing();
        let write_timeout = timing.map(|timing| timing.write_timeout);
        let told = last_event_id.is_some()
            && last_event_id.as_deref() == self.stream.begun_with().as_deref();
        Subscription {
            topics,
            last_event_id,
            told,
            began: Subscription::moment(now.saturating_duration_since(began)),
            heartbeat: short(self.options.heartbeat),
            heartbeat_text: ini::text(HEARTBEAT_TEXT)
                .into_boxed_str()
                .try_into()
                .unwrap_or_default(),
            lifetime: self.lifetime(),
            retry: reconnection(self.stream.retry_in_force()),
            goodbye: reconnection(self.options.shutdown_retry),
            write_timeout: short(write_timeout.filter(|timeout| *timeout < Duration::MAX)),
        }
    }

    /// How long it may still live, in milliseconds; 0 is for ever.
    fn lifetime(&self) -> u64 {
        self.stream.remaining().map_or(0, |left| milliseconds(left).max(1))
    }

    /// Whether its worker serves it although the hub should; decided once.
    fn stays(&self, why: &str, fallback: &mut Option<Fallback>) -> Result<bool, Fault> {
        if !self.server.has_response() {
            return Ok(true);
        }
        if fallback.is_none() {
            *fallback = Some(fallback::decide(self.server, METHOD, why)?);
        }
        Ok(!matches!(fallback, Some(Fallback::TurnedAway)))
    }

    /// Tells the client when to come back, with the last event ID that it has, and ends the stream.
    fn turn_away(&self) -> Result<bool, Fault> {
        self.stream.retry(time_to_come_back(hub::retry(jitter())))?;
        self.end()?;
        Ok(false)
    }

    /// Has the hub go on with this stream. If it does not, nothing has changed.
    fn hand_over(&self, subscription: Subscription) -> Handed {
        let offer = match self.stream.connection().offer() {
            Ok(offer) => offer,
            Err(why) => return Handed::Not(why.to_owned()),
        };
        let response = Response { framing: framing(&offer), before: offer.before_frame().to_vec() };
        let mut lease = self.lease.take();
        let connection = offer.connection();
        let handing = hub::hand_over(&settings(), &mut lease, subscription, response, connection);
        let handing = match handing {
            Ok(handing) => handing,
            Err(error) => {
                self.lease.set(lease);
                offer.withdraw();
                return match error {
                    HubError::Dropped => Handed::Dropped,
                    HubError::Unfit(_) => Handed::Unfit(error),
                    HubError::Refused(_) => Handed::Not(error.to_string()),
                    error => Handed::NotNow(error.to_string()),
                };
            }
        };
        offer.let_go();
        // If the hub cannot be told any more it closes the connection, and the client comes back.
        let _ = handing.commit();
        Handed::Over
    }

    /// Sends what has come, and waits for more; answers whether the stream is open.
    fn follow(&self, subscriber: &mut Subscriber, filter: Option<&Zval>) -> Result<bool, Fault> {
        while let Some(delivery) = subscriber.take() {
            if !self.deliver(&delivery, filter)? {
                return Ok(false);
            }
        }
        self.tell_position(subscriber.take_untold().as_deref())?;
        let descriptor = subscriber.descriptor();
        let longest = if descriptor.is_some() { Duration::MAX } else { Subscriber::RETRY };
        let length = self.stream.position_due().unwrap_or(longest).min(longest);
        let open = self.pause_watching(length, descriptor.into_iter().collect());
        subscriber.fill();
        open
    }

    /// Tells the client where it is: at this id, or where the filter has left it, if that is due.
    fn tell_position(&self, id: Option<&str>) -> Result<(), Fault> {
        let open = match id {
            Some(id) => self.stream.tell_position(id)?,
            None => self.stream.tell_position_if_due()?,
        };
        self.settle(open).map(drop)
    }

    /// Sends an event, unless the filter does not let it pass; answers whether the stream is open.
    fn deliver(&self, delivery: &Delivery, filter: Option<&Zval>) -> Result<bool, Fault> {
        if let Some(filter) = filter.filter(|_| !delivery.topics.is_empty())
            && !passes(filter, delivery)?
        {
            self.stream.pass_over(&delivery.id.to_string(), delivery.data.len());
            self.tell_position(None)?;
            let open = self.is_running();
            return self.settle(open);
        }
        let id = delivery.id.to_string();
        let event = delivery.event.as_ref();
        let event = Event {
            id: EventId::new(id.as_bytes()).ok(),
            event: event.and_then(|event| EventType::new(event.as_str().as_bytes()).ok()),
            data: Some(&delivery.data),
            ..Event::default()
        };
        let open = self.stream.send(&event)?;
        self.position.set(Some(delivery.id));
        self.settle(open)
    }
}

/// What a script is told that would wait for ever.
#[expect(clippy::needless_pass_by_value, reason = "it is what errors are mapped with")]
fn unfit(error: HubError) -> Fault {
    failed(METHOD, &error)
}

/// Asks the filter: it gets the event, and the first topic that it was published under.
fn passes(filter: &Zval, delivery: &Delivery) -> Result<bool, Fault> {
    let id = delivery.id.to_string();
    let event = delivery.event.as_ref().map(|event| event.as_str().as_bytes());
    let event = SseEvent::create(&delivery.data, event, Some(id.as_bytes()), None)?;
    let topic = delivery.topics.first().map(|topic| topic.as_str().to_owned());
    let topic = topic.unwrap_or_default();
    let call = || ZendCallable::new(filter).ok()?.try_call(vec![&*event, &topic]).ok();
    let answer = guarded(|| call().map(Owned::from))?;
    Fault::if_pending()?;
    Ok(answer.is_some_and(|answer| answer.coerce_to_bool()))
}

fn framing(offer: &PendingHandOff) -> Framing {
    match offer.shape() {
        Shape::Records { request_id } => {
            Framing::FastCgi { request_id, is_kept: offer.is_kept_by_nginx() }
        }
        Shape::Raw => Framing::Raw,
        Shape::Chunks => Framing::Chunked,
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// In milliseconds; 0 is none.
fn reconnection(time: Option<Retry>) -> u32 {
    time.map_or(0, |time| u32::try_from(time.as_millis()).unwrap_or(u32::MAX))
}

/// 0 is for ever.
fn short(duration: Option<Duration>) -> u32 {
    duration.map_or(0, |length| u32::try_from(length.as_millis()).unwrap_or(u32::MAX).max(1))
}

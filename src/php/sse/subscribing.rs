//! `subscribe()`: hands the stream to the hub, or serves it from this worker.

use std::time::Duration;

use event_stream::{Event, EventId, EventType, Retry};
use ext_php_rs::types::{ZendCallable, Zval};

use super::admission::time_to_come_back;
use super::object::Sse;
use crate::hub::{self, Delivery, HandedOver, HubError, Subscriber, Subscription, Topics};
use crate::php::arguments::{Argument, WithDefault, bool, given};
use crate::php::current;
use crate::php::event_object::SseEvent;
use crate::php::fallback::{self, Fallback};
use crate::php::fault::Fault;
use crate::php::hub_settings::{failed, settings as hub_settings, topics};
use crate::php::jitter::jitter;
use crate::sapi::settings;
use crate::stream::StopReason;
use crate::zend::engine::{self, Owned, guarded};
use crate::zend::value::callable_error;

const METHOD: &str = "Sse::subscribe";

/// The next step of a stream that was not connected to a hub.
enum Connected {
    /// This worker serves it, with a hub or without.
    Here,
    /// This worker does not serve it; with the return value of `subscribe()`.
    Elsewhere(bool),
}

impl Sse {
    /// Subscribes the stream. Returns true if the hub has taken it over.
    pub(super) fn subscribe_to(
        &self,
        last_event_id: Option<String>,
        names: &Zval,
        filter: Option<&Zval>,
        hand_off: &WithDefault<bool>,
    ) -> Result<bool, Fault> {
        let topics = topics(names, Argument(METHOD, 1, "topics"))?;
        let filter = given(filter);
        let may_hand_over = match hand_off {
            WithDefault::Default(hand_off) => *hand_off,
            WithDefault::Passed(value) => {
                bool(value, Argument(METHOD, 3, "handOff"), "of type bool")?
            }
        };
        self.check(filter)?;
        self.follows.set(true);
        let mut subscriber =
            Subscriber::new(hub_settings(), self.subscription(topics, last_event_id));
        let open = self.is_running();
        if !self.settle(open)? {
            return Ok(false);
        }
        // The hub knows no filter: the script serves such a stream.
        self.serve(&mut subscriber, filter, may_hand_over && filter.is_none())
    }

    /// Serves the stream until it ends here, or goes on in the hub, which `hand_off` allows.
    fn serve(
        &self,
        subscriber: &mut Subscriber,
        filter: Option<&Zval>,
        hand_off: bool,
    ) -> Result<bool, Fault> {
        let mut fallback = None;
        loop {
            if !subscriber.is_connected() {
                subscriber.set_lifetime(self.stream.remaining());
                self.renew_lease();
                let handed = hand_off.then(|| self.hand_over(subscriber));
                match self.connect(subscriber, handed, &mut fallback)? {
                    Connected::Here => {}
                    Connected::Elsewhere(answer) => return Ok(answer),
                }
            }
            if subscriber.is_connected() {
                self.renew_lost_lease();
            }
            if !self.follow(subscriber, filter)? {
                return Ok(false);
            }
            engine::run_interrupts()?;
            Fault::if_pending()?;
        }
    }

    /// Refuses arguments and streams that cannot be subscribed.
    fn check(&self, filter: Option<&Zval>) -> Result<(), Fault> {
        if let Some(error) = filter.and_then(callable_error) {
            let at = Argument(METHOD, 2, "filter");
            let message = format!("{at} must be a valid callback or null, {error}");
            return Err(Fault::type_error(message));
        }
        if self.sent_reset.get() {
            return Err(Fault::wrong_moment(format!(
                "{METHOD}(): this stream has sent an event of type \"reset\", which its client would take for \
                 the hub's: give it another type"
            )));
        }
        Ok(())
    }

    /// Decides about a stream that has no hub yet: `handed` is the outcome of an offer, `None` if the script wants to
    /// serve the stream.
    fn connect(
        &self,
        subscriber: &mut Subscriber,
        handed: Option<HandedOver>,
        fallback: &mut Option<Fallback>,
    ) -> Result<Connected, Fault> {
        match handed {
            Some(HandedOver::Done) => {
                self.stream.stop(StopReason::HandedOff);
                return self.settle(true).map(Connected::Elsewhere);
            }
            Some(HandedOver::Dropped) => {
                return self.send_dropped().map(|()| Connected::Elsewhere(false));
            }
            Some(HandedOver::Unfit(error)) => return Err(unfit(error)),
            Some(HandedOver::NotNow(why)) if self.stays(&why, fallback)? => {}
            Some(HandedOver::Refused(why)) if !self.stays(&why, fallback)? => {
                return self.turn_away(subscriber);
            }
            Some(HandedOver::NotNow(_)) => return self.turn_away(subscriber),
            Some(HandedOver::Refused(_)) | None => subscriber.connect().map_err(unfit)?,
        }
        Ok(Connected::Here)
    }

    fn subscription(&self, topics: Topics, last_event_id: Option<String>) -> Subscription {
        let timing = self.stream.connection().timing();
        let write_timeout = timing.map(|timing| timing.write_timeout);
        let milliseconds = |retry: Retry| Duration::from_millis(retry.as_millis());
        Subscription {
            topics,
            position_sent: last_event_id.is_some()
                && last_event_id.as_deref() == self.stream.begun_with().as_deref(),
            last_event_id,
            began: current::began(self.server).unwrap_or(self.opened),
            heartbeat: self.options.heartbeat,
            heartbeat_text: settings::heartbeat_text(),
            lifetime: self.stream.remaining(),
            retry: self.stream.retry_in_force().map(milliseconds),
            shutdown_retry: self.options.shutdown_retry.map(milliseconds),
            write_timeout: write_timeout.filter(|timeout| *timeout < Duration::MAX),
        }
    }

    /// True if its worker serves it although the hub should; decided once.
    fn stays(&self, why: &str, fallback: &mut Option<Fallback>) -> Result<bool, Fault> {
        if !self.server.has_response() {
            return Ok(true);
        }
        if fallback.is_none() {
            *fallback = Some(fallback::decide(self.server, METHOD, why)?);
        }
        Ok(!matches!(fallback, Some(Fallback::TurnedAway)))
    }

    /// Sends the client its position and a reconnection time, and ends the stream.
    fn turn_away(&self, subscriber: &mut Subscriber) -> Result<Connected, Fault> {
        // A client without a position needs one, so that it learns what it misses meanwhile.
        self.send_position(subscriber.take_unsent_position().as_deref())?;
        self.stream.retry(time_to_come_back(hub::retry(jitter())))?;
        self.end()?;
        Ok(Connected::Elsewhere(false))
    }

    /// Offers this stream to the hub. If the hub does not take it, nothing has changed.
    fn hand_over(&self, subscriber: &Subscriber) -> HandedOver {
        let offer = match self.stream.connection().offer() {
            Ok(offer) => offer,
            Err(why) => return HandedOver::Refused(why.to_string()),
        };
        let mut lease = self.lease.take();
        let had_lease = lease.is_some();
        let handed = subscriber.hand_over(&mut lease, offer);
        if had_lease && lease.is_none() {
            self.lease_is_lost.set(true);
        }
        self.lease.set(lease);
        handed
    }

    /// Sends the events that have arrived, and waits for more; returns true if the stream is open.
    fn follow(&self, subscriber: &mut Subscriber, filter: Option<&Zval>) -> Result<bool, Fault> {
        while let Some(delivery) = subscriber.take() {
            if !self.deliver(&delivery, filter)? {
                return Ok(false);
            }
        }
        self.send_position(subscriber.take_unsent_position().as_deref())?;
        let descriptor = subscriber.descriptor();
        let longest = if descriptor.is_some() { Duration::MAX } else { Subscriber::RETRY };
        let length = self.stream.position_due().unwrap_or(longest).min(longest);
        let open = self.pause_watching(length, descriptor.into_iter().collect());
        subscriber.fill();
        open
    }

    /// Sends the client its position: this id, or the last one that was filtered out, if that is due.
    fn send_position(&self, id: Option<&str>) -> Result<(), Fault> {
        let open = match id {
            Some(id) => self.stream.send_position(id)?,
            None => self.stream.send_position_if_due()?,
        };
        self.settle(open).map(drop)
    }

    /// Sends an event, unless the filter rejects it; returns true if the stream is open.
    fn deliver(&self, delivery: &Delivery, filter: Option<&Zval>) -> Result<bool, Fault> {
        if let Some(filter) = filter.filter(|_| !delivery.topics.is_empty())
            && !passes(filter, delivery)?
        {
            self.stream.pass_over(&delivery.id.to_string(), delivery.data.len());
            self.send_position(None)?;
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

/// Makes the exception for a subscription that would wait for ever.
#[expect(clippy::needless_pass_by_value, reason = "it is what errors are mapped with")]
fn unfit(error: HubError) -> Fault {
    failed(METHOD, &error)
}

/// Calls the filter with the event and its first topic.
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

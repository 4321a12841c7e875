//! Publishes by XADD: waiting publications go out in one write, their replies come in order.
//!
//! The invariant: each publication gets one reply, with an id that no other has had. One that finds the stream gone
//! is sent again, after the stream has begun again.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{io, thread};

use crossbeam_channel::select;
use hub_protocol::EventId;
use redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind};

use crate::backoff::{Backoff, STEADY};
use crate::connection::{Connection, is_error_reply, parse_id};
use crate::entry::add_fields;
use crate::error_text;
use crate::link::{AppendError, Job, Jobs, Link};
use crate::newest::Newest;
use crate::settings::Settings;
use crate::update::{Emit, Update};

/// The limits of what is sent before replies are read: bytes of data, and publications.
const BATCH_BYTES: usize = 1024 * 1024;
const BATCH_LENGTH: usize = 256;

/// A connection that is idle for so long is pinged: few servers or proxies close one so soon.
const IDLE: Duration = Duration::from_millis(500);

/// The number of times that a publication is sent to a stream that is gone each time.
const ATTEMPTS: usize = 5;

/// The knowledge of a connection's writer about the stream.
#[derive(Debug, Default)]
struct StreamState {
    /// True if XADD knows NOMKSTREAM; `None` until that was asked.
    adds_only: Option<bool>,
    /// True if the stream is known to be the one that was followed so far.
    is_verified: bool,
    /// True if the last XADD found no stream.
    is_gone: bool,
}

/// The next step of the writer.
enum Next<Ticket> {
    Job(Job<Ticket>),
    CheckConnection,
    End,
}

pub(crate) struct Writer<Ticket> {
    settings: Arc<Settings>,
    link: Arc<Link<Ticket>>,
    queue: Jobs<Ticket>,
    newest: Arc<Newest>,
    emit: Arc<Emit<Ticket>>,
}

impl<Ticket> Writer<Ticket> {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        link: &Arc<Link<Ticket>>,
        queue: Jobs<Ticket>,
        newest: &Arc<Newest>,
        emit: &Arc<Emit<Ticket>>,
    ) -> Self {
        let (settings, link, emit) = (Arc::clone(settings), Arc::clone(link), Arc::clone(emit));
        Self { settings, link, queue, newest: Arc::clone(newest), emit }
    }

    pub(crate) fn run(self) {
        let mut backoff = Backoff::new();
        let mut unsent = Vec::new();
        while !self.link.is_closed() {
            // An earlier request was about the previous connection.
            let _ = self.queue.ping_requests.try_recv();
            let opened = Connection::open(&self.settings);
            let opened = opened.map_err(|error| error_text::for_connect(&error, &self.settings));
            let began = Instant::now();
            let end = opened.and_then(|connection| {
                backoff.reset();
                self.link.set_up();
                self.serve(connection, &mut unsent)
            });
            if let Err(why) = &end {
                self.refuse(std::mem::take(&mut unsent), why);
            }
            if end.is_err() || began.elapsed() < STEADY {
                thread::sleep(backoff.next_wait());
            }
        }
    }

    /// Publishes until the connection fails or the hub shuts down, and returns the reason of a failure. A
    /// connection that was closed is no failure unless the next one is closed, too: `unsent` is kept for that.
    fn serve(
        &self,
        mut connection: Connection,
        unsent: &mut Vec<Job<Ticket>>,
    ) -> Result<(), String> {
        let mut stream = StreamState::default();
        // Of two connections in a row, one has to succeed.
        let mut is_second = !unsent.is_empty();
        loop {
            if unsent.is_empty() {
                match self.next() {
                    Next::Job(job) => unsent.push(job),
                    Next::CheckConnection => {}
                    Next::End => return Ok(()),
                }
            }
            let needs_ping = unsent.is_empty() || self.queue.ping_requests.try_recv().is_ok();
            let mut end = check(&mut connection, needs_ping);
            if end.is_ok() && !unsent.is_empty() {
                end = self.write(&mut connection, &mut stream, unsent);
            }
            match end {
                Err(error)
                    if is_second && !unsent.is_empty() || !error_text::is_disconnect(&error) =>
                {
                    return Err(error_text::for_command(&error, &self.settings));
                }
                Err(_) => return Ok(()),
                Ok(()) => is_second = false,
            }
        }
    }

    /// Waits for the next job, and for [`IDLE`] at most, so that idle connections are checked.
    fn next(&self) -> Next<Ticket> {
        select! {
            recv(self.queue.ping_requests) -> _ => Next::CheckConnection,
            recv(self.queue.jobs) -> job => job.map_or(Next::End, Next::Job),
            default(IDLE) => Next::CheckConnection,
        }
    }

    /// Publishes the unsent jobs and those that wait. They are unsent again if the connection was closed before.
    fn write(
        &self,
        connection: &mut Connection,
        stream: &mut StreamState,
        unsent: &mut Vec<Job<Ticket>>,
    ) -> RedisResult<()> {
        let mut jobs = self.batch(std::mem::take(unsent));
        for _ in 0..ATTEMPTS {
            if let Err(error) = self.verify(connection, stream) {
                if error_text::is_disconnect(&error) {
                    *unsent = jobs;
                    return Err(error);
                }
                // Nothing was sent.
                let reason = match self.explain(&error) {
                    AppendError::Unknown(reason) => AppendError::Unavailable(reason.into()),
                    reason => reason,
                };
                self.refuse_all(jobs, &reason);
                return if must_reconnect(&error) { Err(error) } else { Ok(()) };
            }
            jobs = self.send(connection, stream, jobs)?;
            if jobs.is_empty() {
                return Ok(());
            }
            (stream.is_verified, stream.is_gone) = (false, true);
        }
        let reason = AppendError::Refused("its stream is deleted again and again".to_owned());
        self.refuse_all(jobs, &reason);
        Ok(())
    }

    /// Takes the jobs that wait, up to a limit.
    fn batch(&self, mut jobs: Vec<Job<Ticket>>) -> Vec<Job<Ticket>> {
        let mut bytes: usize = jobs.iter().map(|job| job.publication.data.len()).sum();
        while bytes < BATCH_BYTES
            && jobs.len() < BATCH_LENGTH
            && let Ok(job) = self.queue.jobs.try_recv()
        {
            bytes += job.publication.data.len();
            jobs.push(job);
        }
        jobs
    }

    /// Verifies that new ids will be above all known ones. The connection may lead to another Redis than before,
    /// which has lost some; and one without [`Connection::can_add_only`] creates streams by itself.
    fn verify(&self, connection: &mut Connection, stream: &mut StreamState) -> RedisResult<()> {
        if stream.is_verified {
            return Ok(());
        }
        let adds_only = stream.adds_only.map_or_else(|| connection.can_add_only(), Ok)?;
        stream.adds_only = Some(adds_only);
        let newest = self.newest.get();
        if stream.is_gone || newest != EventId::ZERO && !connection.contains(newest)? {
            connection.begin(newest)?;
        }
        (stream.is_verified, stream.is_gone) = (adds_only, false);
        Ok(())
    }

    /// Sends all jobs, and returns those that found no stream.
    fn send(
        &self,
        connection: &mut Connection,
        stream: &StreamState,
        jobs: Vec<Job<Ticket>>,
    ) -> RedisResult<Vec<Job<Ticket>>> {
        let packed = pack(connection, stream.adds_only == Some(true), &jobs);
        let mut end = connection.send(&packed);
        let mut to_retry = Vec::new();
        for job in jobs {
            // After a failure it is unknown which reply is whose: no more are read.
            let answer = match &end {
                Err(error) if !is_error_reply(error) => Err(error.clone()),
                _ => connection.receive::<Option<String>>(),
            };
            if let Err(error) = &answer
                && must_reconnect(error)
            {
                end = Err(error.clone());
            }
            match answer.and_then(|id| id.map(|id| parse_id(&id)).transpose()) {
                Ok(None) => to_retry.push(job),
                Ok(Some(id)) => {
                    self.newest.raise(id);
                    self.answer(job.ticket, Ok(id));
                }
                Err(error) => self.answer(job.ticket, Err(self.explain(&error))),
            }
        }
        if let Err(error) = end {
            let reason =
                AppendError::Unavailable(error_text::for_command(&error, &self.settings).into());
            self.refuse_all(to_retry, &reason);
            return Err(error);
        }
        Ok(to_retry)
    }

    fn refuse(&self, unsent: Vec<Job<Ticket>>, reason: &str) {
        self.link.set_down(reason);
        for job in unsent.into_iter().chain(self.queue.jobs.try_iter()) {
            self.answer(job.ticket, Err(AppendError::Unavailable(reason.into())));
        }
    }

    fn explain(&self, error: &RedisError) -> AppendError {
        let reason = error_text::for_command(error, &self.settings);
        if is_error_reply(error) {
            AppendError::Refused(reason)
        } else {
            AppendError::Unknown(reason)
        }
    }

    fn refuse_all(&self, jobs: Vec<Job<Ticket>>, reason: &AppendError) {
        for job in jobs {
            self.answer(job.ticket, Err(reason.clone()));
        }
    }

    fn answer(&self, ticket: Ticket, result: Result<EventId, AppendError>) {
        (self.emit)(Update::Appended { ticket, result });
    }
}

/// Encodes one XADD for each of the jobs; with `only`, to a stream that exists.
fn pack<Ticket>(connection: &Connection, only: bool, jobs: &[Job<Ticket>]) -> Vec<u8> {
    let mut packed = Vec::new();
    for job in jobs {
        let mut command = connection.xadd(only);
        add_fields(&mut command, &job.publication);
        packed.extend(command.get_packed_command());
    }
    packed
}

/// Fails for a connection that may be lost: the reply to a publication would be lost, too.
fn check(connection: &mut Connection, needs_ping: bool) -> RedisResult<()> {
    if !connection.is_usable() {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    if needs_ping { connection.ping() } else { Ok(()) }
}

/// True after errors that this connection cannot recover from: READONLY means that the master has become a
/// replica.
fn must_reconnect(error: &RedisError) -> bool {
    !is_error_reply(error) || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

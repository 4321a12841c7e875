//! Publications to XADD: those that wait go out in one write, and their answers come back in order.
//!
//! The invariant: each is answered once, with an id that no other has had. What finds the stream gone begins
//! it again, and is sent once more.

use std::{error::Error, fmt, sync::Arc, thread};

use crossbeam_channel::select;
use hub_protocol::{EventId, Publication};
use redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind};

use crate::{
    News, Settings, Tell,
    backoff::Backoff,
    connection::{Connection, is_an_answer, parse},
    entry::add_fields,
    link::{Jobs, Link},
    newest::Newest,
    trouble,
};

/// How much is sent before answers are read: the publications' bytes, and how many they are.
const BATCH_BYTES: usize = 1024 * 1024;
const BATCH_LENGTH: usize = 256;

/// How often a publication is sent to a stream that is gone whenever it comes.
const ATTEMPTS: usize = 5;

/// Why a publication has no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendError {
    /// Redis cannot be reached; nothing was sent.
    Unavailable(Arc<str>),
    /// Redis has answered that it will not.
    Refused(String),
    /// It was sent, and the answer was lost: it is unknown whether it is in the stream.
    Unknown(String),
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(reason) => {
                write!(f, "Redis cannot be reached, the event was not published: {reason}")
            }
            Self::Refused(reason) => {
                write!(f, "Redis refuses it, the event was not published: {reason}")
            }
            Self::Unknown(reason) => write!(
                f,
                "Redis was lost before it answered, it is unknown whether the event was published: \
                 {reason}"
            ),
        }
    }
}

impl Error for AppendError {}

/// A publication, and who waits for its id.
#[derive(Debug)]
pub(crate) struct Job<Ticket> {
    pub(crate) publication: Publication,
    pub(crate) ticket: Ticket,
}

/// What is known of the stream at the other end of a connection.
#[derive(Debug, Default)]
struct There {
    /// Whether an XADD can be told not to make a stream; `None` before it is asked.
    adds_only: Option<bool>,
    /// Whether it has been made sure that it is the one that was followed so far.
    is_certain: bool,
    /// Whether it was not there at all.
    is_gone: bool,
}

pub(crate) struct Writer<Ticket> {
    settings: Arc<Settings>,
    link: Arc<Link<Ticket>>,
    queue: Jobs<Ticket>,
    newest: Arc<Newest>,
    tell: Arc<Tell<Ticket>>,
}

impl<Ticket> Writer<Ticket> {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        link: &Arc<Link<Ticket>>,
        queue: Jobs<Ticket>,
        newest: &Arc<Newest>,
        tell: &Arc<Tell<Ticket>>,
    ) -> Self {
        let (settings, link, tell) = (Arc::clone(settings), Arc::clone(link), Arc::clone(tell));
        Self { settings, link, queue, newest: Arc::clone(newest), tell }
    }

    pub(crate) fn run(self) {
        let mut backoff = Backoff::new();
        while !self.link.ended() {
            // A doubt from before concerns another connection.
            let _ = self.queue.doubts.try_recv();
            let opened = Connection::open(&self.settings);
            let end = opened.map_err(|error| trouble::of_opening(&error)).and_then(|connection| {
                backoff.succeeded();
                self.link.up();
                self.serve(connection).map_err(|error| trouble::of(&error))
            });
            if let Err(why) = end {
                self.refuse(&why);
                thread::sleep(backoff.failed());
            }
        }
    }

    /// Until the connection is lost, or the hub ends.
    fn serve(&self, mut connection: Connection) -> RedisResult<()> {
        let mut there = There::default();
        loop {
            let (in_doubt, job) = select! {
                recv(self.queue.doubts) -> _ => (true, None),
                recv(self.queue.jobs) -> job => match job {
                    Ok(job) => (self.queue.doubts.try_recv().is_ok(), Some(job)),
                    Err(_) => return Ok(()),
                },
            };
            // Nothing is sent on a connection that is in doubt: its answer might be lost.
            let alive = if in_doubt { connection.ping() } else { Ok(()) };
            match (job, alive) {
                (None, alive) => alive?,
                (Some(job), Ok(())) => self.write(&mut connection, &mut there, job)?,
                (Some(job), Err(error)) => {
                    let reason = AppendError::Unavailable(trouble::of(&error).into());
                    self.answer(job.ticket, Err(reason));
                    return Err(error);
                }
            }
        }
    }

    fn write(
        &self,
        connection: &mut Connection,
        there: &mut There,
        first: Job<Ticket>,
    ) -> RedisResult<()> {
        let mut jobs = self.batch(first);
        for _ in 0..ATTEMPTS {
            if let Err(error) = self.make_certain(connection, there) {
                // Nothing was sent.
                let reason = AppendError::Unavailable(trouble::of(&error).into());
                let refused = is_an_answer(&error);
                let reason = if refused { explain(&error) } else { reason };
                jobs.into_iter().for_each(|job| self.answer(job.ticket, Err(reason.clone())));
                return if must_reconnect(&error) { Err(error) } else { Ok(()) };
            }
            jobs = self.send(connection, there, jobs)?;
            if jobs.is_empty() {
                return Ok(());
            }
            (there.is_certain, there.is_gone) = (false, true);
        }
        let reason = AppendError::Refused("its stream is deleted again and again".to_owned());
        jobs.into_iter().for_each(|job| self.answer(job.ticket, Err(reason.clone())));
        Ok(())
    }

    /// What waits, up to a limit.
    fn batch(&self, first: Job<Ticket>) -> Vec<Job<Ticket>> {
        let (mut jobs, mut bytes) = (Vec::new(), 0);
        let mut next = Some(first);
        while let Some(job) = next {
            bytes += job.publication.data.len();
            jobs.push(job);
            let room = bytes < BATCH_BYTES && jobs.len() < BATCH_LENGTH;
            next = room.then(|| self.queue.jobs.try_recv().ok()).flatten();
        }
        jobs
    }

    /// Makes sure that ids go on above those that are known. Who answers may be another Redis than before,
    /// which has lost some; and one that is older than [`Connection::can_add_only`] makes streams by itself.
    fn make_certain(&self, connection: &mut Connection, there: &mut There) -> RedisResult<()> {
        if there.is_certain {
            return Ok(());
        }
        let adds_only = there.adds_only.map_or_else(|| connection.can_add_only(), Ok)?;
        there.adds_only = Some(adds_only);
        let newest = self.newest.get();
        if there.is_gone || newest != EventId::ZERO && !connection.holds(newest)? {
            connection.begin(newest)?;
        }
        (there.is_certain, there.is_gone) = (adds_only, false);
        Ok(())
    }

    /// Sends all of them; back come those that have found no stream.
    fn send(
        &self,
        connection: &mut Connection,
        there: &There,
        jobs: Vec<Job<Ticket>>,
    ) -> RedisResult<Vec<Job<Ticket>>> {
        let mut packed = Vec::new();
        for job in &jobs {
            let mut command = connection.addition(there.adds_only == Some(true));
            add_fields(&mut command, &job.publication);
            packed.extend(command.get_packed_command());
        }
        let mut end = connection.send(&packed);
        let mut left = Vec::new();
        for job in jobs {
            // After a failure no answer can be told from another: none is read any more.
            let answer = match &end {
                Err(error) if !is_an_answer(error) => Err(error.clone()),
                _ => connection.receive::<Option<String>>(),
            };
            if let Err(error) = &answer
                && must_reconnect(error)
            {
                end = Err(error.clone());
            }
            match answer.and_then(|id| id.map(|id| parse(&id)).transpose()) {
                Ok(None) => left.push(job),
                Ok(Some(id)) => {
                    self.newest.raise(id);
                    self.answer(job.ticket, Ok(id));
                }
                Err(error) => self.answer(job.ticket, Err(explain(&error))),
            }
        }
        if let Err(error) = end {
            let reason = AppendError::Unavailable(trouble::of(&error).into());
            left.into_iter().for_each(|job| self.answer(job.ticket, Err(reason.clone())));
            return Err(error);
        }
        Ok(left)
    }

    fn refuse(&self, reason: &str) {
        self.link.down(reason);
        for job in self.queue.jobs.try_iter() {
            self.answer(job.ticket, Err(AppendError::Unavailable(reason.into())));
        }
    }

    fn answer(&self, ticket: Ticket, result: Result<EventId, AppendError>) {
        (self.tell)(News::Appended { ticket, result });
    }
}

/// What was a master may have become a replica.
fn must_reconnect(error: &RedisError) -> bool {
    !is_an_answer(error) || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

fn explain(error: &RedisError) -> AppendError {
    let reason = trouble::of(error);
    if is_an_answer(error) { AppendError::Refused(reason) } else { AppendError::Unknown(reason) }
}

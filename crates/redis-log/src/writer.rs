//! Publications to XADD: those that wait go out in one write, and their answers come back in order.

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
    trouble,
};

/// How much is sent before answers are read: the publications' bytes, and how many they are.
const BATCH_BYTES: usize = 1024 * 1024;
const BATCH_LENGTH: usize = 256;

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

pub(crate) struct Writer<Ticket> {
    settings: Arc<Settings>,
    link: Arc<Link<Ticket>>,
    queue: Jobs<Ticket>,
    tell: Arc<Tell<Ticket>>,
}

impl<Ticket> Writer<Ticket> {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        link: &Arc<Link<Ticket>>,
        queue: Jobs<Ticket>,
        tell: &Arc<Tell<Ticket>>,
    ) -> Self {
        let (settings, link, tell) = (Arc::clone(settings), Arc::clone(link), Arc::clone(tell));
        Self { settings, link, queue, tell }
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
                (Some(job), Ok(())) => self.write(&mut connection, job)?,
                (Some(job), Err(error)) => {
                    let reason = AppendError::Unavailable(trouble::of(&error).into());
                    self.answer(job.ticket, Err(reason));
                    return Err(error);
                }
            }
        }
    }

    fn write(&self, connection: &mut Connection, first: Job<Ticket>) -> RedisResult<()> {
        let (mut packed, mut tickets) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(job) = next {
            let mut command = connection.addition();
            add_fields(&mut command, &job.publication);
            packed.extend(command.get_packed_command());
            tickets.push(job.ticket);
            let room = packed.len() < BATCH_BYTES && tickets.len() < BATCH_LENGTH;
            next = room.then(|| self.queue.jobs.try_recv().ok()).flatten();
        }
        let mut end = connection.send(&packed);
        for ticket in tickets {
            // After a failure no answer can be told from another: none is read any more.
            let answer = match &end {
                Err(error) if !is_an_answer(error) => Err(error.clone()),
                _ => connection.receive::<String>().and_then(|id| parse(&id)),
            };
            if let Err(error) = &answer
                && must_reconnect(error)
            {
                end = Err(error.clone());
            }
            self.answer(ticket, answer.map_err(|error| explain(&error)));
        }
        end
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

//! The connection of a stream: writes to its wire, where there is one, else through PHP's output.

use std::cell::{Cell, RefCell};
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use super::hand_off::PendingHandOff;
use super::response::{abort, coding, finished, output, request, written};
use super::server::choice::transport;
use super::server::error::{NoHandOff, NoWire};
use super::server::kind::Server;
use super::server::signals;
use super::settings;
use super::sys::poll::poll_unless;
use super::sys::process::forks;
use super::wire::{Wire, WireTiming, keeper};
use super::{attached, hooks, last_line};
use crate::stream::{Bailout, Connection, Packet, StopReason, Tail, Written};
use crate::zend::{bailout, engine};

/// The connection of a stream.
pub(crate) struct PhpConnection {
    server: Server,
    wire: Result<Arc<Wire>, NoWire>,
    open: Cell<bool>,
    /// True if the response ends with the stream.
    ends_early: Cell<bool>,
    /// The process it belongs to, as its number of forks.
    forks: u32,
    /// Descriptors that end a sleep when they are readable.
    sources: RefCell<Vec<RawFd>>,
}

/// The options that a connection is opened with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WireOptions {
    /// The wire's intervals and timeouts.
    pub(crate) timing: WireTiming,
    /// True if the script is to be interrupted when its client leaves.
    pub(crate) interrupts: bool,
    /// True if the next write ends the stream when the server is to stop: for scripts that do not ask.
    pub(crate) ends_with_server: bool,
}

impl WireOptions {
    /// Returns what the settings say, with this heartbeat.
    pub(crate) fn from_settings(heartbeat: Option<Duration>) -> Self {
        let timing = WireTiming {
            heartbeat,
            heartbeat_line: settings::heartbeat_line(),
            write_timeout: settings::write_timeout(),
            ignores_half_close: settings::ignore_half_close(),
        };
        Self { timing, interrupts: settings::interrupt(), ends_with_server: false }
    }
}

impl PhpConnection {
    /// The longest sleep at a stretch; the caller simply sleeps again.
    const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

    /// Opens the connection of this request, whose head is out.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub(crate) fn open(server: Server, options: &WireOptions) -> Result<Self, Bailout> {
        // On the command line a thread is worth its while for heartbeats only.
        let wants_wire = server.has_response() || options.timing.heartbeat.is_some();
        let mut wire = Err(NoWire::NoHeartbeats);
        if wants_wire {
            abort::without_abort(output::flush)?;
            wire = attach_wire(server, options);
        }
        Ok(Self::new(server, wire, true))
    }

    /// Makes a connection without a client, for the answer to a HEAD request.
    pub(crate) fn none(server: Server) -> Self {
        Self::new(server, Err(NoWire::NoBody), false)
    }

    fn new(server: Server, wire: Result<Arc<Wire>, NoWire>, open: bool) -> Self {
        let (open, ends_early) = (Cell::new(open), Cell::new(false));
        Self { server, wire, open, ends_early, forks: forks(), sources: RefCell::default() }
    }

    /// Describes the way that frames take, and tells why it is not a better one.
    pub(crate) fn describe(&self) -> (&'static str, Option<NoWire>) {
        match &self.wire {
            Ok(wire) => (wire.describe(), None),
            Err(why) if self.server.has_response() => {
                ("to the server, past PHP's output buffers", Some(*why))
            }
            Err(why) => ("through PHP's output", Some(*why)),
        }
    }

    /// Has sleeps end when one of these descriptors is readable.
    pub(crate) fn watch_sources(&self, descriptors: Vec<RawFd>) {
        self.sources.replace(descriptors);
    }

    /// Asks the connection itself whether the client is there.
    pub(crate) fn probe(&self) {
        if let Some(wire) = self.own_wire() {
            wire.probe();
        }
    }

    /// Makes the connection ready to be given away.
    ///
    /// # Errors
    ///
    /// [`NoHandOff`].
    pub(crate) fn offer(&self) -> Result<PendingHandOff<'_>, NoHandOff> {
        if cfg!(php_zts) {
            return Err(NoHandOff::PhpThreads);
        }
        let wire = self.wire.as_ref().map_err(|why| NoHandOff::from(*why))?;
        if wire.is_ours() && self.open.get() {
            PendingHandOff::new(self.server, wire)
        } else {
            Err(NoHandOff::StreamIsOver)
        }
    }

    /// Returns the wire's intervals and timeouts, where there is one.
    pub(crate) fn timing(&self) -> Option<WireTiming> {
        self.wire.as_ref().ok().map(|wire| wire.timing())
    }

    /// Has the response end with the stream, where the server can go on without it.
    pub(crate) fn let_script_go_on(&self) {
        self.ends_early.set(self.server.can_end_early());
    }

    /// Ends the response and lets go of its connection, if that is asked for and possible.
    fn end_response(&self) -> Result<(), Bailout> {
        let wire = self.wire.as_ref().ok().filter(|_| self.ends_early.get());
        let wire = wire.filter(|wire| wire.is_ours() && wire.stop_reason().is_none());
        let Some(wire) = wire else { return Ok(()) };
        if request::read_body()?
            && let Ok(offer) = PendingHandOff::new(self.server, wire)
        {
            offer.end_response();
        }
        Ok(())
    }

    /// Returns the wire, unless it belongs to the parent of this process.
    fn own_wire(&self) -> Option<&Wire> {
        self.wire.as_deref().ok().filter(|wire| wire.is_ours())
    }

    fn is_over(&self) -> bool {
        let is_finished = self.server == Server::FrankenPhp && finished::is_so();
        !self.open.get() || self.forks != forks() || is_finished
    }

    /// True if frames go to the server itself, past PHP's output buffers.
    fn passes_buffers(&self) -> bool {
        self.server.has_response()
    }

    fn write_through_php(&self, bytes: &[u8]) -> Result<(), Bailout> {
        if self.passes_buffers() {
            return hooks::write_flushed(bytes);
        }
        abort::without_abort(|| {
            written::not_as_echo(|| engine::layer_write(bytes));
            if output::level() == 0 {
                output::flush();
            }
        })
    }

    /// Writes the stream's last line, if it ends in a comment.
    fn say_last(&self, line: &[u8]) -> Result<(), Bailout> {
        if self.forks != forks() || abort::client_is_gone() {
            return Ok(());
        }
        last_line::write(
            self.own_wire(),
            || Some(self.tail()),
            line,
            |lines| {
                // An output callback may run inside, also while an exception is on its way.
                let write = || engine::without_exception(|| self.write(lines));
                bailout::in_any_case(write)?.map(|_| ())
            },
        )
    }

    /// Polls what can end a sleep.
    fn nap(&self, length: Duration) -> Result<bool, Errno> {
        let sources = self.sources.borrow().clone();
        let mut fds: Vec<PollFd<'_>> = Vec::new();
        if let Some(wire) = self.own_wire() {
            fds.extend([wire.waker(), wire.watched()]);
        }
        let own = fds.len();
        for source in sources {
            // SAFETY: a descriptor of a PHP stream that the script waits for, or of the hub's sockets, which `Sse`
            // holds meanwhile. Should a signal handler of the script's close a stream, the poll says so, or looks at
            // another file: nothing is read from it or written to it.
            let fd = unsafe { BorrowedFd::borrow_raw(source) };
            fds.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
        }
        let ready = poll_unless(engine::has_something_to_run, &mut fds, length)?;
        if let Some(wire) = self.own_wire() {
            wire.note_poll(fds[1].revents());
        }
        let readable = fds[own..].iter().any(|fd| !fd.revents().is_empty());
        Ok(ready > 0 && (own > 0 || readable))
    }
}

/// Gives this response a wire.
///
/// # Errors
///
/// [`NoWire`].
pub(super) fn attach_wire(server: Server, options: &WireOptions) -> Result<Arc<Wire>, NoWire> {
    let transport = transport(server)?;
    let interrupt = options.interrupts.then(engine::interrupt_flag);
    let wire =
        Wire::new(transport, options.timing, attached::tail(), interrupt, options.ends_with_server);
    let wire = Arc::new(wire.ok_or(NoWire::NoDescriptors)?);
    if let Some(encoding) = coding::take() {
        wire.encode_with(encoding);
    }
    signals::take_over(server);
    if !keeper::watch(&wire) {
        signals::give_back(server);
        if let Some(encoding) = wire.take_encoding() {
            coding::put(encoding);
        }
        return Err(NoWire::NoThreads);
    }
    // It may have been asked to stop before anybody listened.
    wire.ask_server();
    attached::attach(&wire);
    Ok(wire)
}

impl Connection for PhpConnection {
    #[inline]
    fn write(&self, packet: &mut Packet) -> Result<Written, Bailout> {
        match self.own_wire().filter(|wire| wire.is_direct()) {
            Some(wire) => {
                written::note_flushed();
                if let Err(reason) = wire.write(packet) {
                    abort::note_told();
                    return Ok(Written::Stopped(reason));
                }
            }
            None => self.write_through_php(packet.bytes())?,
        }
        Ok(self.stop_reason().map_or(Written::Whole, Written::Stopped))
    }

    fn beats_itself(&self) -> bool {
        self.wire.is_ok()
    }

    #[inline]
    fn tail(&self) -> Tail {
        match self.own_wire() {
            Some(wire) if self.passes_buffers() => wire.tail(),
            _ if self.passes_buffers() => attached::tail(),
            _ => output::buffered_tail().unwrap_or_else(attached::tail),
        }
    }

    fn was_echoed_to(&self) -> bool {
        written::was_echoed_to()
    }

    #[inline]
    fn stop_reason(&self) -> Option<StopReason> {
        if self.is_over() {
            return Some(StopReason::Closed);
        }
        let reason = self.own_wire().and_then(Wire::stop_reason);
        let reason = reason.or_else(|| abort::client_is_gone().then_some(StopReason::ClientGone));
        if matches!(reason, Some(StopReason::ClientGone | StopReason::WriteTimeout)) {
            abort::note_told();
        }
        reason
    }

    fn finish(&self, last_line: Option<&[u8]>) -> Result<(), Bailout> {
        if !self.open.replace(false) {
            return Ok(());
        }
        let said = last_line.map_or(Ok(()), |line| self.say_last(line));
        let said = said.and_then(|()| self.end_response());
        hooks::end_encoding();
        if self.wire.is_ok() {
            attached::detach();
            signals::give_back(self.server);
        }
        said
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Option<Instant>) -> bool {
        // Bytes that the script echoed must not wait for its next frame.
        if written::has_unflushed() && abort::without_abort(output::flush).is_err() {
            return true;
        }
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(self.now()));
            let left = left.map_or(Self::LONGEST_SLEEP, |left| left.min(Self::LONGEST_SLEEP));
            if left.is_zero() {
                return false;
            }
            match self.nap(left) {
                Ok(false) => {}
                Err(Errno::INTR) if !engine::has_something_to_run() => {}
                Ok(true) | Err(_) => return true,
            }
        }
    }
}

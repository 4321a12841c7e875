//! Measures how soon a script knows that its client has left, on the clock that both read.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use server_tests::patience::{wait_for, within};
use server_tests::server::Php;

use crate::stage::{Kind, Stage, Visitor};

/// The ways in which a script watches for the disconnect of its client. None writes anything meanwhile, but for the
/// one that PHP has always had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watch {
    /// It asks `isOpen()`.
    IsOpen,
    /// It asks `connection_aborted()`.
    ConnectionAborted,
    /// It sleeps in `wait()`.
    Wait,
    /// It echoes something each second, without the extension, and asks `connection_aborted()`.
    PlainPhp,
}

impl Watch {
    /// The script watches here, for so many visitors at once.
    #[track_caller]
    pub(crate) fn stage(self, kind: Kind, visitors: usize) -> Stage {
        let php = if self == Self::PlainPhp { Php::plain() } else { Php::with_sse() };
        kind.stage(php, visitors, &self.script())
    }

    fn script(self) -> String {
        // On the command line it takes a heartbeat to have a thread watch; none is ever due.
        let start = "$sse = Sse::start(heartbeat: 3600); $sse->send('ready');";
        let body = match self {
            Self::IsOpen => format!("{start} while ($sse->isOpen());"),
            Self::ConnectionAborted => format!("{start} while (!connection_aborted());"),
            Self::Wait => format!("{start} while ($sse->wait(3600));"),
            Self::PlainPhp => "header('Content-Type: text/event-stream');
                header('X-Accel-Buffering: no');
                while (!connection_aborted()) {
                    echo \"data: tick\\n\\n\";
                    flush();
                    sleep(1);
                }"
            .to_owned(),
        };
        // PHP may end the script by itself; it has noticed then, too.
        format!("<?php register_shutdown_function(fn () => note(hrtime(true))); {body}")
    }
}

/// The time between the close of this visitor and the moment its script knows.
#[track_caller]
pub(crate) fn delay(stage: &Stage, visitor: Visitor) -> Duration {
    let left_at = now();
    let visit = visitor.leave();
    let noticed_at = wait_for("the script to notice", within(Duration::from_secs(30)), || {
        stage.notes(&visit).strip_suffix('\n')?.parse().ok().map(Duration::from_nanos)
    });
    noticed_at.checked_sub(left_at).expect("it noticed a disconnect before there was one")
}

/// The clock of `hrtime(true)` in PHP.
fn now() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    Duration::try_from(now).expect("the clock started at 0")
}

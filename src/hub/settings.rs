//! The hub's settings: its socket, program, group and Redis, and the time it has to reply.

use std::path::PathBuf;
use std::time::Duration;

// Layers below this one do not know the protocol, so the number is written there, too.
const _: () = assert!(hub_protocol::MAX_EVENT == crate::sapi::settings::LARGEST_EVENT);

/// The time that a hub has to reply.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);

/// The settings of the hub, and of starting one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The socket on which it listens; `None` means to look for one.
    pub(crate) socket: Option<PathBuf>,
    /// True if this process serves requests, and has streams of its own.
    pub(crate) serves: bool,
    /// The program; `None` is `sse-hub` beside the extension, or else on the path.
    pub(crate) program: Option<PathBuf>,
    /// True if a hub is started when there is none.
    pub(crate) spawns: bool,
    /// The group whose members may use it, too; empty for none.
    pub(crate) group: String,
    /// The Redis through which it publishes; empty for none.
    pub(crate) redis: String,
    /// The memory for the encoders of its compressed streams, in bytes; `None` is what it has by itself.
    pub(crate) compression_memory: Option<u32>,
}

//! Where the hub is, how one is started, and how long it has to answer.

use std::path::PathBuf;
use std::time::Duration;

// Below the hub its protocol is not known.
const _: () = assert!(hub_protocol::MAX_EVENT == crate::sapi::settings::LARGEST_EVENT);

/// How long a hub has to answer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);

/// Where the hub is, and how one is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The socket that it listens on; `None` is wherever one is found.
    pub(crate) socket: Option<PathBuf>,
    /// Whether this is a server, with streams of its own.
    pub(crate) serves: bool,
    /// The program; `None` is `sse-hub` beside the extension, or else on the path.
    pub(crate) program: Option<PathBuf>,
    /// Whether it is started when there is none.
    pub(crate) spawns: bool,
    /// The group whose members may speak to it; empty for nobody else.
    pub(crate) group: String,
    /// The Redis that it publishes through; empty for none.
    pub(crate) redis: String,
}

//! `SseStopReason`: the enum of reasons for which a stream stops.

use ext_php_rs::prelude::*;

use crate::stream::StopReason;

/// The reason for which a stream has stopped.
#[php_enum]
#[php(name = "SseStopReason")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SseStopReason {
    /// The client closed the connection.
    #[php(value = "client_gone")]
    ClientGone,
    /// The stream has lived as long as it may.
    #[php(value = "max_lifetime")]
    MaxLifetime,
    /// The server is asked to stop or reload.
    #[php(value = "shutdown")]
    Shutdown,
    /// The client took no bytes for `sse.write_timeout` seconds.
    #[php(value = "write_timeout")]
    WriteTimeout,
    /// The script closed it, or ended.
    #[php(value = "closed")]
    Closed,
    /// The connection was handed to the hub.
    #[php(value = "handed_off")]
    HandedOff,
}

impl From<StopReason> for SseStopReason {
    fn from(reason: StopReason) -> Self {
        match reason {
            StopReason::ClientGone => Self::ClientGone,
            StopReason::MaxLifetime => Self::MaxLifetime,
            StopReason::Shutdown => Self::Shutdown,
            StopReason::WriteTimeout => Self::WriteTimeout,
            StopReason::Closed => Self::Closed,
            StopReason::HandedOff => Self::HandedOff,
        }
    }
}

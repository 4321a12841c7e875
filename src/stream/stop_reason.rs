//! The reasons for which a stream stops.

/// The reason for which a stream has stopped. The first reason stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The client closed the connection.
    ClientGone,
    /// The stream has lived as long as it may.
    MaxLifetime,
    /// The server is asked to stop or reload.
    Shutdown,
    /// The client took no bytes for the write timeout.
    WriteTimeout,
    /// The script closed it, or ended.
    Closed,
    /// The connection was handed to the hub.
    HandedOff,
}

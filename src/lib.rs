//! Server-Sent Events for PHP.

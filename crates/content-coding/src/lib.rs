//! Content codings of HTTP for streams.

//! Content codings of HTTP for streams whose every event has to arrive at once: gzip, deflate, br and zstd.
//!
//! A response in a content coding (RFC 9110, 8.4) is a head, then *segments*, then last bytes. A segment refers to
//! nothing before it. So segments of several encoders may follow one another in one response, and the same segment
//! may be in many responses: an event is compressed once for all who follow. In the four codings a segment is
//!
//! | coding | head | a segment | what ends it | last bytes |
//! |---|---|---|---|---|
//! | `zstd` | none | a frame (RFC 8878, 3.1.1) | its last block | none |
//! | `gzip` | a member's header (RFC 1952, 2.3) | deflate blocks without references to what is before them | nothing | an empty last block, CRC-32, length |
//! | `deflate` | zlib's header (RFC 1950, 2.2) | the same | nothing | an empty last block, Adler-32 |
//! | `br` | the window's size (RFC 7932, 9.1) | meta-blocks without references to what is before them, nor to the static dictionary | nothing | an empty last meta-block |
//!
//! After each append all that was written can be decoded, and the response stands at the boundary of a byte.
//!
//! The invariant: whatever encoders write, and however their segments are put together, the decoder gives back the
//! bytes that went in. An encoder that fails (there is no memory for it) goes on with blocks that are stored as they
//! are; nothing is lost, and nothing has to be said to anybody.
//!
//! # Layout
//!
//! * `coding`: the codings, their names, and what is fixed in each
//! * `accept`: chooses one by what a client accepts
//! * `encoder`: a whole response in one object
//! * `segment`: the encoder of segments, and the one for an event alone
//! * `progress`: where one response stands, whoever encodes it
//! * `checksum`: the checksums of `gzip` and `deflate`, put together from those of parts
//! * `brotli`, `deflate`, `zstd`: the encoders of the libraries
//! * `stored`: bytes as they are, in the form of each coding
//! * `decoder`: decodes a response as it comes in

pub mod accept;
mod brotli;
mod checksum;
mod coding;
mod decoder;
mod deflate;
mod encoder;
mod progress;
mod segment;
mod stored;
mod zstd;

pub use checksum::Checksum;
pub use coding::Coding;
pub use decoder::{Damaged, Decoder};
pub use encoder::Encoder;
pub use progress::Progress;
pub use segment::{SegmentEncoder, alone};

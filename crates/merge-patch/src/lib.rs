//! JSON Merge Patch (RFC 7396): the patch that leads from one document to another, where there is one.
//!
//! The invariant: where [`diff`] gives a patch, whoever applies it by the RFC to the document before has the document
//! after. Where no patch can say that, it says so.
//!
//! Documents are only taken apart into members: numbers and strings stay the text that they are, so that no digit is
//! lost, whatever a number of the reader's can hold. `1` and `1.0` are different numbers here, and an array is one
//! value, as to the RFC. The order of members means nothing; of members with the same name the last one counts, as in
//! JavaScript. Nothing is nested deeper than [`MAX_DEPTH`].
//!
//! # Example: what has changed
//!
//! ```
//! use merge_patch::{Patch, apply, diff};
//!
//! # fn main() -> Result<(), merge_patch::NotADocument> {
//! let before = br#"{"open":17,"orders":{"7":"paid","8":"new"}}"#;
//! let after = br#"{"open":18,"orders":{"7":"paid","9":"new"}}"#;
//! let Patch::Merge(patch) = diff(before, after)? else { unreachable!() };
//! assert_eq!(patch, r#"{"open":18,"orders":{"9":"new","8":null}}"#);
//! assert_eq!(apply(before, patch.as_bytes())?.as_bytes(), after);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: what no patch can say
//!
//! `null` removes a member, so that none can become null.
//!
//! ```
//! use merge_patch::{Patch, diff};
//!
//! assert_eq!(diff(br#"{"a":1}"#, br#"{"a":null}"#), Ok(Patch::Inexpressible));
//! ```
//!
//! # Layout
//!
//! * `document`: a document, taken apart
//! * `scanner`: the grammar of JSON (RFC 8259)
//! * `string`: strings without their escapes
//! * `diff`: the patch between two documents
//! * `apply`: a document and a patch, merged

#![forbid(unsafe_code)]

mod apply;
mod diff;
mod document;
mod scanner;
mod string;

pub use apply::apply;
pub use diff::{Patch, diff};
pub use document::{MAX_DEPTH, NotADocument};

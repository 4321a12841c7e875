//! A real `EventSource`, in headless Chromium, on streams of the extension.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod page;

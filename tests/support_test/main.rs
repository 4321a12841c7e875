//! The support library on plain PHP: what it starts runs, what it reads is what was sent, and what it
//! started is gone afterwards.
//!
//! # Layout
//! - [`servers`], [`processes`]: what it starts
//! - [`clients`], [`browsers`]: who reads
//! - [`codings`]: bodies that are compressed
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod browsers;
mod clients;
mod codings;
mod processes;
mod servers;

/// An event stream as PHP's users write it by hand, held before each event.
const LOOP: &str = "<?php
header('Content-Type: text/event-stream');
header('X-Accel-Buffering: no');
echo \": hello\\n\\n\";
$gate = fopen(__DIR__ . '/gate', 'r');
foreach (['one', 'two'] as $i => $word) {
    flush();
    fgets($gate);
    echo \"id: $i\\ndata: $word\\n\\n\";
}
";

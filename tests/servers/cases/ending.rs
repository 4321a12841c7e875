//! A script may end anywhere and anyhow: the response ends cleanly, all that cleans up runs, and the
//! worker serves the next request.

use server_tests::patience::{soon, wait_for};

use super::Kind;

/// Ends in the way, and in the code, that the query names.
const SCRIPT: &str = r#"<?php
register_shutdown_function(fn () => note('shutdown function'));
$sse = null;

function meet_the_end(): void
{
    match ($_GET['by']) {
        'exit' => exit(),
        'exception' => throw new RuntimeException('nobody catches this'),
        'error' => no_such_function(),
        'fatal-error' => trigger_error('this is fatal', E_USER_ERROR),
        'compile-error' => eval('function twice() {} function twice() {}'),
        'memory' => str_repeat('x', 1 << 30),
        'timeout' => time_out(),
    };
}

function time_out(): never
{
    set_time_limit(1);
    while (true);
}

function close_noted(SseStopReason $reason): void
{
    note("onClose: $reason->value");
}

function source(Sse $sse): string
{
    static $count = 0;
    if (++$count > 2) {
        $sse->onClose('close_noted');
        meet_the_end();
    }
    return "event $count";
}

function generator(): Generator
{
    yield 'event 1';
    yield 'event 2';
    Sse::current()->onClose('close_noted');
    meet_the_end();
}

function script(): void
{
    $sse = Sse::start(heartbeat: 0)->onClose('close_noted');
    $sse->sendMany(['event 1', 'event 2']);
    meet_the_end();
}

function callback(): void
{
    $sse = Sse::start(heartbeat: 0)->onClose('meet_the_end')->onClose('close_noted');
    $sse->sendMany(['event 1', 'event 2']);
    $sse->close();
}

/** What ends when its last owner lets go of it, and meets the end then. */
final class Dies
{
    public function __destruct()
    {
        meet_the_end();
    }
}

function finally_dies(): Generator
{
    try {
        yield;
    } finally {
        meet_the_end();
    }
}

function suspended(): Fiber
{
    $fiber = new Fiber(function () {
        try {
            Fiber::suspend();
        } finally {
            // PHP 8.6 reports no error at all from a fiber that it ends.
            error_reporting(E_ALL);
            meet_the_end();
        }
    });
    $fiber->start();

    return $fiber;
}

function begun(): Generator
{
    $generator = finally_dies();
    $generator->current();

    return $generator;
}

/** The callbacks are the last that hold such a thing. */
function held(callable $make): void
{
    $sse = Sse::start(heartbeat: 0.01);
    $sse->onClose(function () use ($make) {
        static $held;
        $held = $make();
    });
    $sse->onClose('close_noted');
    $sse->sendMany(['event 1', 'event 2']);
}

/** A value of the source's is let go of when it was sent. */
function gives(): mixed
{
    static $count = 0;
    if (++$count === 1) {
        Sse::current()->onClose('close_noted');
    }

    return $count < 3 ? "event $count" : new Dies();
}

match ($_GET['in']) {
    'object' => held(fn () => new Dies()),
    'generator that is held' => held('begun'),
    'fiber' => held('suspended'),
    'value' => Sse::stream('gives', interval: 0, heartbeat: 0.01),
    'none' => (Sse::start())->send('as ever'),
    'source' => Sse::stream('source', interval: 0, heartbeat: 0),
    'generator' => Sse::stream(generator(), heartbeat: 0),
    'script' => script(),
    'callback' => callback(),
};
"#;

/// Each with what PHP logs.
const ENDS: [(&str, &str); 7] = [
    ("exit", ""),
    ("exception", "Uncaught RuntimeException: nobody catches this"),
    ("error", "Call to undefined function no_such_function()"),
    ("fatal-error", "this is fatal"),
    // After "Cannot redeclare ", and since PHP 8.4 "function ".
    ("compile-error", "twice() (previously declared in "),
    ("memory", "Allowed memory size of"),
    ("timeout", "Maximum execution time of 1 second exceeded"),
];

#[track_caller]
fn ends_well(kind: &Kind, code: &str) {
    for (end, log) in ENDS {
        let served = kind.serve(SCRIPT);
        let worker = served.free_worker();
        let target = format!("/stream.php?by={end}&in={code}");
        let body = served.get(&target).into_text();
        assert_eq!(body, ":\ndata: event 1\n\ndata: event 2\n\n", "{target}");

        assert_eq!(served.free_worker(), worker, "{target}");
        let notes = served.site.read("notes");
        let mut notes: Vec<&str> = notes.lines().collect();
        notes.sort_unstable();
        assert_eq!(notes, ["onClose: closed", "shutdown function"], "{target}");
        // FPM's master logs what its worker says once there is no connection to say it over.
        wait_for(log, soon(), || served.log().contains(log).then_some(()));
    }
}

/// As [`ends_well`], one after the other in one worker, which serves a stream as ever after each.
#[track_caller]
fn leaves_nothing_behind(kind: &Kind, code: &str) {
    let served = kind.serve(SCRIPT);
    let worker = served.free_worker();
    for (end, log) in ENDS {
        // Removed, not emptied: the server may run scripts as somebody else. The first round has none.
        let _ = std::fs::remove_file(served.site.path("notes"));
        let target = format!("/stream.php?by={end}&in={code}");
        let body = served.get(&target).into_text();
        let events = body.lines().filter(|line| !line.starts_with(':') && !line.is_empty());
        let events: Vec<&str> = events.collect();
        assert_eq!(events[..2], ["data: event 1", "data: event 2"], "{target}: {body}");
        let next = served.get("/stream.php?in=none").into_text();
        assert_eq!(next, ":\ndata: as ever\n\n", "after {target}: {}", served.log());
        assert_eq!(served.free_worker(), worker, "{target}: {}", served.log());
        // FPM's master logs what its worker says once there is no connection to say it over.
        wait_for(log, soon(), || served.log().contains(log).then_some(()));
        let notes = served.site.read("notes");
        let mut notes: Vec<&str> = notes.lines().collect();
        notes.sort_unstable();
        notes.dedup();
        // Once the request is ending, PHP 8.2 answers every call after an out-of-memory error with a failure.
        if end != "memory" {
            assert_eq!(notes, ["onClose: closed", "shutdown function"], "{target}");
        }
    }
}

pub(crate) fn an_object_that_a_callback_held_may_end_in_any_way(kind: &Kind) {
    leaves_nothing_behind(kind, "object");
}

pub(crate) fn a_generator_that_a_callback_held_may_end_in_any_way(kind: &Kind) {
    leaves_nothing_behind(kind, "generator%20that%20is%20held");
}

pub(crate) fn a_fiber_that_a_callback_held_may_end_in_any_way(kind: &Kind) {
    leaves_nothing_behind(kind, "fiber");
}

pub(crate) fn a_value_of_a_source_may_end_in_any_way(kind: &Kind) {
    leaves_nothing_behind(kind, "value");
}

pub(crate) fn a_source_may_end_the_script_in_any_way(kind: &Kind) {
    ends_well(kind, "source");
}

pub(crate) fn a_generator_may_end_the_script_in_any_way(kind: &Kind) {
    ends_well(kind, "generator");
}

pub(crate) fn a_script_may_end_in_any_way(kind: &Kind) {
    ends_well(kind, "script");
}

pub(crate) fn a_callback_may_end_the_script_in_any_way(kind: &Kind) {
    ends_well(kind, "callback");
}

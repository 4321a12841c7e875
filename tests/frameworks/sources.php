<?php

/** What the tests stream through both frameworks. */

declare(strict_types=1);

/** Throws an exception of the class that the query names. */
function throwing_source(): Generator
{
    yield 'the last event';
    throw new $_SERVER['QUERY_STRING']('thrown by the source');
}

/** A stream without the extension, as it stands in many tutorials; a gate holds it after each event. */
function stream_by_hand(): void
{
    foreach (['first', 'second'] as $text) {
        echo "data: $text\n\n";
        ob_flush();
        flush();
        fgets(fopen($_SERVER['DOCUMENT_ROOT'] . '/gate', 'r'));
    }
}

/** A stream that goes on when its gate lets it. */
function stream_in_steps(): void
{
    $gate = fopen($_SERVER['DOCUMENT_ROOT'] . '/gate', 'r');
    Sse::stream((function () use ($gate) {
        foreach (['first', 'second', 'third'] as $text) {
            yield $text;
            fgets($gate);
        }
    })());
}

/** Follows what is published, in the hub's hands; the script goes on without its client. */
function follow_news(): void
{
    $ended = Sse::stream(fn () => Sse::current()->subscribe('news'), limitKey: 'everybody', limit: 1);
    echo 'of no stream';
    file_put_contents($_SERVER['DOCUMENT_ROOT'] . '/told', json_encode([$ended, Sse::current()->stopReason()]));
}

/** A stream that a controller sends itself, in no response's callback; the query says how it goes on. */
function stream_in_the_controller(): string
{
    register_shutdown_function(fn () => file_put_contents($_SERVER['DOCUMENT_ROOT'] . '/ended', 'ended'));
    $sse = Sse::start();
    foreach (['first', 'second'] as $text) {
        $sse->send($text) && $sse->wait(0.01);
    }

    return match ($_SERVER['QUERY_STRING']) {
        'close' => $sse->close(event: 'end') ?? 'a page',
        'return' => 'a page',
        'throw' => throw new RuntimeException('thrown by the controller'),
    };
}

const HEADERS_BY_HAND = [
    'Content-Type' => 'text/event-stream',
    'Cache-Control' => 'no-cache',
    'X-Accel-Buffering' => 'no',
];

<?php

/** What the streams of other code show: events that come when the query says so. */

declare(strict_types=1);

/** The events of the scene that the query asks for; while the next is awaited, the script is blocked. */
function scene(): Generator
{
    return match ($_GET['scene']) {
        'blocked' => blocked((float) $_GET['seconds']),
        'left' => left(),
        'varied' => varied(),
        'endless' => endless(),
    };
}

function blocked(float $seconds): Generator
{
    yield "data: blocked\n\n";
    $since = hrtime(true);
    usleep((int) ($seconds * 1e6));
    yield "event: free\ndata: " . (hrtime(true) - $since) / 1e9 . "\n\n";
}

/** Notes when connection_aborted() has said that the client has left, be it here or in the loop outside. */
function left(): Generator
{
    try {
        yield "data: here\n\n";
        while (!connection_aborted()) {
            usleep(100);
        }
    } finally {
        connection_aborted() && file_put_contents(getenv('SITE') . '/left', (string) microtime(true));
    }
}

/** Events in all the forms that a hand may give them, in pieces of all sizes; always the same. */
function varied(): Generator
{
    mt_srand(9);
    yield "retry: 1000\n: a comment\n\n";
    yield "id: 1\r\nevent: crlf\r\ndata: a\r\ndata: b\r\n\r\n";
    yield "data: cr\rdata\r\r\n";
    for ($id = 2; $id < 60; $id++) {
        yield "id: $id\n";
        yield "data: half a line,";
        yield " the other half\n" . str_repeat("data: \u{fc}\0" . mt_rand() . "\n", mt_rand(0, 3000));
        yield "\n";
        usleep(1000);
    }
    yield 'data: unfinished';
}

function endless(): Generator
{
    for ($number = 0; ; $number++) {
        yield "id: $number\n";
        yield "data: tick $number\n\n";
        usleep(5000);
    }
}

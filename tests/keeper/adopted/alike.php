<?php

/** Responses that only look like event streams. Each is blocked in the middle, or waits. */

declare(strict_types=1);

/** Sends nothing more, and ends when it hears that its client has left. */
function wait_for_disconnect(): void
{
    while (!connection_aborted()) {
        usleep(20_000);
    }
}

function send(string ...$pieces): void
{
    foreach ($pieces as $piece) {
        echo $piece;
        ob_flush();
        flush();
        usleep(50_000);
    }
}

header('Content-Type: text/event-stream');
match ($_GET['it']) {
    'changed its type' => [header('Content-Type: text/plain'), send("a line\n", "another\n")],
    'is an error' => [http_response_code(500), send("data: a\n\n", "data: b\n\n")],
    'has a length' => [header('Content-Length: 18'), send("data: a\n\n", "data: b\n\n")],
    'is encoded as none' => [header('Content-Encoding: none'), send("data: a\n\n", "data: b\n\n")],
    'is encoded' => [header('Content-Encoding: x-own'), send("data: a\n\n", "data: b\n\n")],
    'asks and is silent' => [send("data: a\n\n"), wait_for_disconnect()],
    'is never flushed' => [print("data: a\n\n"), usleep(50_000), print("data: b\n\n")],
};

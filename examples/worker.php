<?php

/*
 * A queue worker, on the command line: it works orders off, and says how far it is. Meanwhile it
 * publishes a board, four times a second, and the numbers of the dashboard. `make demo` runs one.
 *
 *     php -d extension=target/release/libsse.so examples/worker.php
 */

require __DIR__ . '/lib/Board.php';
require __DIR__ . '/lib/OrderQueue.php';

const STATES = ['packed', 'shipped', 'delivered'];

$board = new Board();
$queue = new OrderQueue();
while (true) {
    while ($order = $queue->take()) {
        foreach (STATES as $state) {
            work(3, $board);
            $news = ['number' => $order['number'], 'state' => $state];
            // Until the hub has taken it: to hear it twice is better than never.
            while (!attempt(fn () => Sse::publish("orders.$order[customer]", $news, 'order'))) {
                sleep(1);
            }
        }
    }
    attempt(function () {
        $status = Sse::status();
        Sse::publish('dashboard', $status, 'status');
        $bytes = $status['compression'] ?? ['plainBytes' => 0, 'sentBytes' => 0];
        Sse::publish('board', ['plain' => $bytes['plainBytes'], 'sent' => $bytes['sentBytes']], 'count');
    });
    work(4, $board);
}

/** Takes so many quarters of a second. */
function work(int $quarters, Board $board): void
{
    for (; $quarters > 0; --$quarters) {
        $board->trade();
        attempt(fn () => Sse::publish('board', $board->html(), 'board'));
        usleep(250_000);
    }
}

/** Whether it could be done; why not goes to the log. */
function attempt(callable $action): bool
{
    try {
        $action();
        return true;
    } catch (SseException $exception) {
        fwrite(STDERR, $exception->getMessage() . "\n");
        return false;
    }
}

<?php

/*
 * A queue worker, on the command line: it works orders off, and says how far it is. Between them it
 * publishes the numbers of the dashboard, once a second. `make demo` runs one.
 *
 *     php -d extension=target/release/libsse.so examples/worker.php
 */

require __DIR__ . '/lib/OrderQueue.php';

const STATES = ['packed', 'shipped', 'delivered'];

$queue = new OrderQueue();
while (true) {
    while ($order = $queue->take()) {
        foreach (STATES as $state) {
            usleep(600_000); // the work
            $news = ['number' => $order['number'], 'state' => $state];
            // Until the hub has taken it: to hear it twice is better than never.
            while (!attempt(fn () => Sse::publish("orders.$order[customer]", $news, 'order'))) {
                sleep(1);
            }
        }
    }
    attempt(fn () => Sse::publish('dashboard', Sse::status(), 'status'));
    sleep(1);
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

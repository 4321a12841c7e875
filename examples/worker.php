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
    try {
        while ($order = $queue->take()) {
            foreach (STATES as $state) {
                usleep(600_000); // the work
                $news = ['number' => $order['number'], 'state' => $state];
                Sse::publish("orders.$order[customer]", $news, 'order');
            }
        }
        Sse::publish('dashboard', Sse::status(), 'status');
    } catch (SseException $exception) {
        fwrite(STDERR, $exception->getMessage() . "\n");
    }
    sleep(1);
}

<?php

/*
 * Takes an order, and leaves it to a queue worker. The customer's streams hear of it at once.
 *
 *     curl -X POST http://127.0.0.1:8080/order.php
 */

require __DIR__ . '/lib/OrderQueue.php';

$number = (new OrderQueue())->add('demo');
if ($number === null) {
    http_response_code(503);
    exit("Too many orders wait. Is worker.php running?\n");
}

Sse::publish('orders.demo', ['number' => $number, 'state' => 'received'], 'order');
http_response_code(202);

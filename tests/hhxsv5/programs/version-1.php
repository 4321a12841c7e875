<?php

/** A program for version 1: start() is given an Update, the type of its events and the reconnection time. */

require __DIR__ . '/autoload.php';

use Hhxsv5\SSE\SSE;
use Hhxsv5\SSE\Update;

header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');
header('Connection: keep-alive');
header('X-Accel-Buffering: no');

$orders = [json_encode(['orders' => [['number' => 1]]]), false, "two\nlines", '0', ''];

(new SSE())->start(new Update(function () use (&$orders) {
    return $orders ? array_shift($orders) : exit;
}, 0), 'new-orders', ...(isset($_GET['retry']) ? [(int) $_GET['retry']] : []));

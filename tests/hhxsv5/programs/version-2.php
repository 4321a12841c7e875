<?php

/** A program for version 2: the event has a callback, which may return anything, or want the stream to end. */

require __DIR__ . '/autoload.php';

use Hhxsv5\SSE\Event;
use Hhxsv5\SSE\SSE;
use Hhxsv5\SSE\StopSSEException;

header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');
header('Connection: keep-alive');
header('X-Accel-Buffering: no');

$results = [
    json_encode(['orders' => [['number' => 1]]]),
    false,
    ['event' => 'ping', 'data' => 'ping data'],
    ['id' => 42, 'data' => 'under an id', 'comment' => 'said beside it'],
    ['id' => '43', 'event' => '', 'data' => 7],
    '0',
    true,
    null,
    '',
    "two\nlines\n",
    ['id' => 44, 'comment' => "one\ndata: no data", 'data' => ['of' => 'any kind']],
    ['number' => 2],
];

$event = new Event(function () use (&$results) {
    return $results ? array_shift($results) : throw new StopSSEException();
}, 'orders');
(new SSE($event))->start(0);

note('start() has returned');

<?php

/** A program that passes on an event type that is more than one. */

require __DIR__ . '/autoload.php';

use Hhxsv5\SSE\Event;
use Hhxsv5\SSE\SSE;

header('Content-Type: text/event-stream');

(new SSE(new Event(fn () => ['event' => "news\ndata: injected", 'data' => 'news'])))->start(0);

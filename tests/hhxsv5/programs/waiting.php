<?php

/** A program whose next event is far away. */

require __DIR__ . '/autoload.php';

use Hhxsv5\SSE\Event;
use Hhxsv5\SSE\SSE;

header('Content-Type: text/event-stream');

(new SSE(new Event(fn () => 'the only one', '', 0)))->start(600);

note('start() has returned');

<?php

/** Two streams on the command line, as tests capture them, and what is refused. */

require __DIR__ . '/autoload.php';

use Hhxsv5\SSE\Event;
use Hhxsv5\SSE\SSE;
use Hhxsv5\SSE\SSESwoole;
use Hhxsv5\SSE\StopSSEException;

for ($stream = 1; $stream <= 2; ++$stream) {
    $events = [['id' => $stream, 'data' => 'captured']];
    ob_start();
    (new SSE(new Event(function () use (&$events) {
        return array_shift($events) ?? throw new StopSSEException();
    })))->start(0);
    echo json_encode(ob_get_clean()), "\n";
}

foreach ([fn () => new SSESwoole(new Event('time'), null, null), fn () => (new SSE())->start()] as $refused) {
    try {
        $refused();
    } catch (Exception $exception) {
        echo $exception::class, ': ', $exception->getMessage(), "\n";
    }
}

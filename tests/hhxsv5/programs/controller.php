<?php

/** A controller of Symfony's or Laravel's: the stream is in the callback of a response. */

require __DIR__ . '/autoload.php';
require 'Symfony/Component/HttpFoundation/autoload.php';

use Hhxsv5\SSE\Event;
use Hhxsv5\SSE\SSE;
use Hhxsv5\SSE\StopSSEException;
use Symfony\Component\HttpFoundation\StreamedResponse;

$response = new StreamedResponse();
$response->headers->set('Content-Type', 'text/event-stream');
$response->headers->set('Cache-Control', 'no-cache');
$response->headers->set('Connection', 'keep-alive');
$response->headers->set('X-Accel-Buffering', 'no');
$response->setCallback(function () {
    $numbers = [1, 2];
    $callback = function () use (&$numbers) {
        return $numbers ? ['id' => 9, 'data' => array_shift($numbers)] : throw new StopSSEException();
    };
    (new SSE(new Event($callback, 'orders')))->start(0);
});
$response->send();

<?php

/*
 * Plain echo beside the API: what a script has always written by hand goes out in order with what it
 * sends, and never lands inside an event. A stream can be moved to the API line by line.
 *
 *     curl -N http://127.0.0.1:8080/echo-beside.php
 */

$sse = Sse::start();

for ($n = 1; $n <= 5 && $sse->wait(0.5); ++$n) {
    echo "event: echo\ndata: $n\n\n";
    $sse->send($n, 'sent');
}

$sse->close(event: 'done');

<?php
// A stream of its worker's.
$sse = Sse::start();
for ($n = 1; $n <= 3; $n++) {
    $sse->send($n);
    $sse->wait(0.05);
}

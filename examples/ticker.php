<?php

/*
 * Live prices. Sse::stream() opens the stream, calls the function twice a second, and sends what it
 * returns as JSON; it ends when the client leaves. The prices are a function of the time, so all
 * clients see the same market, and one that reconnects finds it where it should be.
 *
 *     curl -N http://127.0.0.1:8080/ticker.php
 */

function price(float $base, float $period): float
{
    $time = microtime(true) / $period;
    $swing = sin($time) + sin(4.3 * $time) / 3 + sin(19.7 * $time) / 6 + sin(61.1 * $time) / 12;

    return round($base * (1 + $swing / 40), 2);
}

Sse::stream(fn () => [
    'ACME' => price(184, 29),
    'GLOBEX' => price(92, 23),
    'INITECH' => price(37, 37),
], interval: 0.5, event: 'prices');

<?php

/**
 * Publishes events of all sizes, each with a number and a checksum, in fits and starts, so that the hub's heart beats
 * between them. Ends when there is a file "enough".
 */

declare(strict_types=1);

require __DIR__ . '/text.php';

for ($number = 0; !file_exists(__DIR__ . '/enough'); $number++) {
    $text = text($number % 50 === 49 ? mt_rand(100_000, 300_000) : mt_rand(0, 3000));
    Sse::publish('storm', sprintf('%d %u %s', $number, crc32(as_received($text)), $text));
    usleep($number % 5 ? mt_rand(0, 5000) : 60_000);
}
Sse::publish('storm', "$number", 'done');

<?php

/**
 * Publishes events of all sizes, each with a number and a checksum, in fits and starts, so that the hub's heart beats
 * between them. Ends when there is a file "enough".
 */

declare(strict_types=1);

require __DIR__ . '/text.php';

/** At least once: a hub that is upgraded on a busy machine may be asked again, and what it has done is not known then. */
function publish(string $data, ?string $event = null): void
{
    for (;;) {
        try {
            Sse::publish('storm', $data, $event);
            return;
        } catch (SseException) {
            usleep(10_000);
        }
    }
}

for ($number = 0; !file_exists(__DIR__ . '/enough'); $number++) {
    $text = text($number % 50 === 49 ? mt_rand(100_000, 300_000) : mt_rand(0, 3000));
    publish(sprintf('%d %u %s', $number, crc32(as_received($text)), $text));
    usleep($number % 5 ? mt_rand(0, 5000) : 60_000);
}
publish("$number", 'done');

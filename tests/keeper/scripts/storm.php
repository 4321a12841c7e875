<?php

/** Events of all sizes, each with its checksum, sent and echoed, in a storm of heartbeats and log messages. */

declare(strict_types=1);

parse_str($argv[1] ?? $_SERVER['QUERY_STRING'], $ask);
mt_srand(20);

function event(int $size): string
{
    $text = rtrim(chunk_split(base64_encode(random_bytes(intdiv($size * 3, 4) + 1)), 76, "\n"));

    return hash('fnv1a32', $text) . ' ' . $text;
}

$sse = Sse::start(heartbeat: 0.00001);
$end = hrtime(true) + (float) $ask['seconds'] * 1e9;
for ($i = 0; hrtime(true) < $end; $i++) {
    $event = event($i % 50 === 49 ? mt_rand(100_000, 300_000) : mt_rand(1, 3000));
    if ($i % 3 === 0) {
        echo 'data: ' . strtr($event, ["\n" => "\ndata: "]);
        echo "\n\n";
    } else {
        $sse->send($event);
    }
    if ($i % 10 === 0) {
        error_log(str_repeat('noise ', mt_rand(1, 3000)));
    }
    usleep(mt_rand(0, 300));
}
$sse->close($i, 'done');

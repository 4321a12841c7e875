<?php

/**
 * Events of all sizes, sent and echoed in pieces, between heartbeats as fast as they go; and beside them
 * all that touches the server. Each event has a number and a checksum. Ends when there is a file "enough".
 */

declare(strict_types=1);

require __DIR__ . '/text.php';

/** Echoes an event in pieces, with these line ends; returns how many bytes it has. */
function echo_event(string $data, string $end): int
{
    $bytes = 0;
    foreach ([...explode("\n", as_received($data)), null] as $line) {
        foreach ([$line === null ? '' : 'data: ', $line ?? '', ...str_split($end)] as $piece) {
            $bytes += strlen($piece);
            echo $piece;
            match (mt_rand(0, 99)) {
                0 => flush(),
                1 => usleep(100),
                default => null,
            };
        }
    }

    return $bytes;
}

/** An event that is echoed into an output buffer first. */
function buffer_event(string $data): int
{
    ob_start();
    $bytes = echo_event($data, "\n");
    ob_end_flush();

    return $bytes;
}

$beside = array_filter([
    fn () => error_log('noise'),
    fn () => error_log(str_repeat('noise ', mt_rand(1, 5000))),
    fn () => @header('X-Late: 1'),
    fn () => headers_list(),
    fn () => connection_aborted(),
    fn () => exec('true'),
    'getallheaders', 'apache_request_headers', 'apache_response_headers',
    fn () => function_exists('apache_note') && apache_note('a', 'b'),
    fn () => function_exists('apache_setenv') && apache_setenv('a', 'b'),
], is_callable(...));

$sse = Sse::start(heartbeat: 0.00001);
$bytes = 0;
for ($number = 0; !file_exists(__DIR__ . '/enough'); $number++) {
    $text = text($number % 50 === 49 ? mt_rand(100_000, 300_000) : mt_rand(0, 3000));
    $data = sprintf('%d %u %s', $number, crc32(as_received($text)), $text);
    $bytes += match (mt_rand(0, 5)) {
        0 => echo_event($data, "\n"),
        1 => echo_event($data, "\r\n"),
        2 => buffer_event($data),
        default => $sse->send($data) ? strlen(Sse::encode($data)) : 0,
    };
    if ($number % 20 === 0) {
        $beside[array_rand($beside)]();
    }
    usleep(mt_rand(0, 300));
}
$sse->close("$number $bytes", event: 'done');

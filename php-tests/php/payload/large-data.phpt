--TEST--
100 MB of data, a million lines and a thousand line ends are sent whole
--INI--
memory_limit=1G
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function written(callable $call): string
{
    ob_start();
    $call();

    return ob_get_clean();
}
$sse = started();
$data = str_repeat('x', 100_000_000);
var_dump(written(fn () => $sse->send($data)) === "data: $data\n\n");
$data = str_repeat("a\n", 1_000_000);
var_dump(written(fn () => $sse->send($data)) === str_repeat("data: a\n", 1_000_000) . "data: \n\n");
$data = str_repeat("\r\n\n\r", 1000);
var_dump(written(fn () => $sse->send($data)) === str_repeat("data: \n", 3001) . "\n");
$data = str_repeat("\xff", 1_000_000);
var_dump(written(fn () => $sse->send($data)) === 'data: ' . str_repeat("\u{FFFD}", 1_000_000) . "\n\n");
$data = range(1, 100_000);
var_dump(written(fn () => $sse->send($data)) === 'data: ' . json_encode($data) . "\n\n");
$events = array_fill(0, 100_000, 'x');
var_dump(written(fn () => $sse->sendMany($events)) === str_repeat("data: x\n\n", 100_000));
var_dump(strlen(Sse::encode(str_repeat('x', 10_000_000))));
var_dump(count((new SseParser())->feed(str_repeat("data: x\n\n", 100_000))));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(10000008)
int(100000)

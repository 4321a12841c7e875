--TEST--
The interval lies between two calls of a callable
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$times = [];
ob_start();
Sse::stream(function (Sse $sse) use (&$times) {
    $times[] = hrtime(true);
    if (count($times) === 3) {
        $sse->close();
    }
}, 0.05);
ob_clean();
echo count($times), "\n";
var_dump($times[1] - $times[0] >= 50e6, $times[2] - $times[1] >= 50e6, $times[2] - $times[0] < 5e9);
$start = hrtime(true);
observe(fn () => Sse::stream(fn (Sse $sse) => $sse->close(), 3600));
var_dump(hrtime(true) - $start < 5e9);
?>
--EXPECT--
3
bool(true)
bool(true)
bool(true)
wrote ":\nevent\n", returned true
bool(true)

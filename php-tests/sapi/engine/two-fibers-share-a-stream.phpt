--TEST--
Events of two Fibers stay whole
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$worker = fn (string $name) => new Fiber(function () use ($sse, $name) {
    for ($i = 1; $i <= 2; $i++) {
        $sse->send("$name $i");
        Fiber::suspend();
    }
});
$fibers = [$worker('a'), $worker('b')];
observe(function () use ($fibers) {
    foreach ($fibers as $fiber) $fiber->start();
    foreach ([1, 2] as $turn) foreach ($fibers as $fiber) $fiber->resume();
});
?>
--EXPECT--
wrote "data: a 1\n\ndata: b 1\n\ndata: a 2\n\ndata: b 2\n\n", returned null

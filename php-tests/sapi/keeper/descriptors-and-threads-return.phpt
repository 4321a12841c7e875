--TEST--
Streams with heartbeats leave no descriptor and no thread behind
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function used(): array
{
    return [count(scandir('/proc/self/fd')), count(scandir('/proc/self/task'))];
}
$before = used();
for ($i = 0; $i < 200; $i++) {
    $sse = started(heartbeat: 0.001);
    usleep(500);
    $sse->close();
}
var_dump(used() === $before);
?>
--EXPECT--
bool(true)

--TEST--
A heartbeat comes at a line start only: none after half a line that the script echoed
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started(heartbeat: 0.02);
observe(function () use ($sse) { echo 'data: half a li'; $sse->wait(0.1); echo "ne\n"; });
observe(function () use ($sse) { echo "data: half\r"; $sse->wait(0.1); });
ob_start();
echo "data: half an event\n";
$sse->wait(0.1);
var_dump(preg_match('/^data: half an event\n(:\n){2,}$/D', ob_get_clean()));
?>
--EXPECT--
wrote "data: half a line\n", returned null
wrote "data: half\r", returned null
int(1)

--TEST--
wait() answers false at once when the stream has stopped
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$sse->close();
$start = hrtime(true);
observe(fn () => $sse->wait(3600));
var_dump(hrtime(true) - $start < 5e9);
?>
--EXPECT--
returned false
bool(true)

--TEST--
wait() sends a comment whenever nothing was sent for the length of a heartbeat
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started(heartbeat: 0.2);
ob_start();
$sse->wait(0.7);
var_dump(preg_match('/^(:\\n){2,3}$/D', ob_get_clean()));
usleep(300_000);
observe(fn () => $sse->wait(0));
observe(fn () => $sse->wait(0));
observe(fn () => $sse->comment('starts the time anew'));
observe(fn () => $sse->wait(0.05));
?>
--EXPECT--
int(1)
wrote ":\n", returned true
returned true
wrote ": starts the time anew\n", returned true
returned true

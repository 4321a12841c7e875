--TEST--
wait() sends a comment whenever nothing was sent for the length of a heartbeat
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started(heartbeat: 0.1);
observe(fn () => $sse->wait(0.35));
usleep(150_000);
observe(fn () => $sse->wait(0));
observe(fn () => $sse->wait(0));
usleep(60_000);
observe(fn () => $sse->comment('starts the time anew'));
observe(fn () => $sse->wait(0.06));
?>
--EXPECT--
wrote ":\n:\n:\n", returned true
wrote ":\n", returned true
returned true
wrote ": starts the time anew\n", returned true
returned true

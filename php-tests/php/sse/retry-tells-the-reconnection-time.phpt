--TEST--
retry() tells the reconnection time, and nothing else
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->retry(1500));
observe(fn () => $sse->retry(0));
observe(fn () => $sse->retry(-1));
$sse->close();
observe(fn () => $sse->retry(1500));
observe(fn () => $sse->retry(-1));
?>
--EXPECT--
wrote "retry: 1500\n", returned true
wrote "retry: 0\n", returned true
threw ValueError: Sse::retry(): Argument #1 ($milliseconds) must be greater than or equal to 0
returned false
threw ValueError: Sse::retry(): Argument #1 ($milliseconds) must be greater than or equal to 0

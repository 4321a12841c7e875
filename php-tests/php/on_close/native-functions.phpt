--TEST--
Native functions can be callbacks, also those that take no argument
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$sse->onClose('pi')->onClose(time(...))->onClose('var_dump');
observe(fn () => $sse->close());
?>
--EXPECT--
wrote "enum(SseStopReason::Closed)\n", returned null

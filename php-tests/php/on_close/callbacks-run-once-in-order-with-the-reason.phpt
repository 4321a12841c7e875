--TEST--
onClose() callbacks run once, in order, with the reason
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->onClose(fn (SseStopReason $reason) => print("[1 $reason->name]")) === $sse);
$sse->onClose(fn () => print('[2]'))->onClose(fn () => print('[3]'));
observe(fn () => $sse->close('bye'));
observe(fn () => $sse->close());
observe(fn () => $sse->isOpen());
?>
--EXPECT--
returned true
wrote "data: bye\n\n[1 Closed][2][3]", returned null
returned null
returned false

--TEST--
All callbacks run though some throw, and the first exception surfaces
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$sse->onClose(fn () => throw new LogicException('first'));
$sse->onClose(fn () => print('[2]'));
$sse->onClose(fn () => throw new RuntimeException('third'));
$sse->onClose(fn () => print('[4]'));
observe(fn () => $sse->close('bye'));
observe(fn () => $sse->stopReason());
observe(fn () => $sse->close());
?>
--EXPECT--
wrote "data: bye\n\n[2][4]", threw LogicException: first
returned SseStopReason::Closed
returned null

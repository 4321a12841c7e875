--TEST--
A callback for a stream that has stopped runs at once
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$sse->close();
observe(fn () => $sse->onClose(fn ($reason) => print("[$reason->name]")) === $sse);
observe(fn () => $sse->onClose(fn () => throw new LogicException('thrown late')));
observe(fn () => $sse->onClose(fn () => print('[again]')));
?>
--EXPECT--
wrote "[Closed]", returned true
threw LogicException: thrown late
wrote "[again]", returned Sse

--TEST--
close() with something wrong throws, and the stream stays open
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$sse->onClose(fn () => print('[closed]'));
observe(fn () => $sse->close(INF));
observe(fn () => $sse->close('x', "a\nb"));
observe(fn () => $sse->close(fn () => 1));
observe(fn () => $sse->isOpen());
observe(fn () => $sse->close('x'));
?>
--EXPECT--
threw JsonException: Inf and NaN cannot be JSON encoded
threw ValueError: Sse::close(): Argument #2 ($event) must not contain line breaks
threw TypeError: Sse::close(): Argument #1 ($data) must be data that has a JSON form, Closure given
returned true
wrote "data: x\n\n[closed]", returned null

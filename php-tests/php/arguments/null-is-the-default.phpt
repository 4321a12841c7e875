--TEST--
An explicit null is as good as nothing where null is the default
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started(null, null, null, null);
observe(fn () => $sse->send('x', null, null, null));
observe(fn () => Sse::encode('x', null, null, null, null));
observe(fn () => (string) new SseEvent(null, null, null, null, null));
observe(fn () => $sse->close(null, null));
observe(fn () => Sse::stream(['x'], 1, null, null, null, null, null, []));
observe(fn () => Sse::headers(null));
?>
--EXPECT--
wrote "data: x\n\n", returned true
returned "data: x\n\n"
returned ""
returned null
wrote ":\ndata: x\n\n", returned true
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1"}

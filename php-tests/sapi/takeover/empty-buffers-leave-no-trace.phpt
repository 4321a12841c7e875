--TEST--
Empty output buffers leave no trace in the stream
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php ob_start(); ob_start(); $sse = Sse::start(); $sse->send("x");')->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"

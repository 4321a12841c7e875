--TEST--
A shutdown function may open the stream, as long as nothing is out
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php ob_start(); register_shutdown_function(fn () => Sse::start()->send("x")); echo "data: early\n\n";')->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: x\n\n"

--TEST--
What is output after the stream was closed is no part of the response
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php $sse = Sse::start(); $sse->close("bye"); echo "after"; $sse->send("x"); flush();')->show();
request('<?php Sse::stream(["x"]); echo "after"; ob_start(); echo "captured"; file_put_contents("php://stderr", ob_get_clean());')->show();
request('<?php register_shutdown_function(fn () => print("shutdown")); Sse::start()->onClose(fn () => print("data: from a callback\n\n"))->close();')->show();
command('<?php Sse::stream(["x"]); echo "on the command line it is";');
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: bye\n\n"
standard error: "captured"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: from a callback\n\n"
":\ndata: x\n\non the command line it is"

--TEST--
A header_register_callback() may set headers, throw or exit
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php header_register_callback(fn () => header("X-Callback: 1")); Sse::start()->send("x");')->show();
request('<?php header_register_callback(fn () => throw new LogicException("thrown")); try { Sse::start(); } catch (LogicException $e) { echo $e->getMessage(); }')->show();
request('<?php header_register_callback(fn () => exit(3)); Sse::start(); echo "never";')->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
X-Callback: 1
":\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\nthrown"
exit status: 3
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\nevent\n"

--TEST--
A buffer that cannot be removed is no endless loop; frames go past it
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach (['ob_start(null, 0, 0);', 'ob_start(null, 0, 0); ob_start();', 'ob_start(); ob_start(null, 0, PHP_OUTPUT_HANDLER_CLEANABLE); ob_start();', 'ob_start(null, 0, PHP_OUTPUT_HANDLER_STDFLAGS ^ PHP_OUTPUT_HANDLER_REMOVABLE);'] as $buffers) {
    request("<?php $buffers \$sse = Sse::start(); \$sse->send(ob_get_level()); \$sse->send('x');")->show();
}
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 1\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 1\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 2\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 1\n\ndata: x\n\n"

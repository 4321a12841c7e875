--TEST--
Every removable output buffer is sent and closed, whatever its callback
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach (['ob_start();', 'ob_start(); ob_start(); ob_start();', 'ob_start(fn ($buffer) => strtoupper($buffer));', 'ob_start(fn () => false);', 'ob_start(null, 1000);', 'ob_start(fn ($buffer) => "[$buffer]"); ob_start();'] as $buffers) {
    request("<?php $buffers echo 'data: early'; \$sse = Sse::start(); \$sse->send(ob_get_level()); echo \"data: late\\n\\n\"; \$sse->send('x');")->show();
}
request("<?php Sse::start()->send(ob_get_level());", settings: ['output_buffering' => '4096'])->show();
request("<?php Sse::start()->send(ob_get_level());", settings: ['output_buffering' => '4096', 'implicit_flush' => '1'])->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: 0\n\ndata: late\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: 0\n\ndata: late\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"DATA: EARLY\n\n:\ndata: 0\n\ndata: late\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: 0\n\ndata: late\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: 0\n\ndata: late\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"[data: early]\n\n:\ndata: 0\n\ndata: late\n\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 0\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 0\n\n"

--TEST--
A stream has the headers of an event stream, and Connection on HTTP/1.1 only
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php Sse::start();')->show();
foreach (['HTTP/1.0', 'HTTP/2.0', 'HTTP/3.0', ''] as $protocol) {
    request('<?php Sse::start();', ['SERVER_PROTOCOL' => $protocol])->show();
}
request('<?php Sse::stream(["x"]);')->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\nevent\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
":\nevent\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
":\nevent\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
":\nevent\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
":\nevent\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"

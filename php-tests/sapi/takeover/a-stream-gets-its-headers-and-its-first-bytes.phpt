--TEST--
A stream gets the headers of an event stream, and bytes that open it
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php Sse::start();')->show();
request('<?php Sse::start();', ['SERVER_PROTOCOL' => 'HTTP/2.0'])->show();
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

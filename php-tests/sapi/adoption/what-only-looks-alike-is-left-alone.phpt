--TEST--
With sse.adopt=1 every other response is left alone
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$adopt = ['sse.adopt' => '1'];
request('<?php echo "a page";', [], $adopt)->show();
request('<?php header("Content-Type: text/event-stream"); header("Content-Type: text/html"); echo "a page";', [], $adopt)->show();
request('<?php header("Content-Type: text/event-stream"); http_response_code(500); echo "an error";', [], $adopt)->show();
request('<?php header("Content-Type: text/event-streams"); echo "x";', [], $adopt)->show();
request('<?php header("Content-Type: text/event-stream"); http_response_code(204);', [], $adopt)->show();
request('<?php $sse = Sse::start(); $sse->send("x");', [], $adopt)->show();
request('<?php header("Content-Type: text/event-stream"); echo "data: x\n\n"; flush(); Sse::start()->send("y");', [], $adopt)->show();
?>
--EXPECT--
200 OK
Content-type: text/html; charset=UTF-8
"a page"
200 OK
Content-type: text/html;charset=UTF-8
"a page"
500 Internal Server Error
Content-type: text/event-stream;charset=UTF-8
"an error"
200 OK
Content-type: text/event-streams;charset=UTF-8
"x"
204 No Content
Content-type: text/event-stream;charset=UTF-8
""
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"
200 OK
Content-type: text/event-stream;charset=UTF-8
X-Accel-Buffering: no
Incremental: ?1
Cache-Control: no-transform
"data: x\n\n:\ndata: y\n\n"

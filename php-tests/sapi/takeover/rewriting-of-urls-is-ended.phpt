--TEST--
A buffer that rewrites URLs is closed, too
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php output_add_rewrite_var("name", "value"); echo "data: early\n\n"; $sse = Sse::start(); $sse->send(ob_get_level()); echo "data: <a href=\"page\">\n\n";')->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: 0\n\ndata: <a href=\"page\">\n\n"

--TEST--
Content-Length, Content-Encoding and Transfer-Encoding of the script are dropped
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    header('Content-Length: 5');
    header('content-encoding: gzip');
    header('Transfer-Encoding: chunked');
    Sse::start()->send('x');
    PHP)->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"

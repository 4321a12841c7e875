--TEST--
A buffer that the script opens after start() captures what it echoes, and no frame
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    $sse = Sse::start();
    ob_start();
    echo 'captured';
    $sse->send('past the buffer');
    $captured = ob_get_clean();
    $sse->send("the script has: $captured");
    PHP)->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: past the buffer\n\ndata: the script has: captured\n\n"

--TEST--
What a script echoes is flushed in order with what it sends, and lands in no frame
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    $sse = Sse::start();
    $sse->send(1);
    echo "data: 2\n\n";
    $sse->send(3);
    echo 'data: 4';
    $sse->send(5);
    echo "data: 6\n";
    $sse->comment('7');
    file_put_contents('php://output', "data: 8\r\n\r\n");
    $sse->send(9);
    printf("event: tick\ndata: %d\n\n", 10);
    $sse->close(11);
    PHP)->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\ndata: 6\n: 7\ndata: 8\r\n\r\ndata: 9\n\nevent: tick\ndata: 10\n\ndata: 11\n\n"

--TEST--
A HEAD request gets the headers of the stream, and a stream that is closed
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    ob_start();
    echo 'data: early';
    $sse = Sse::start();
    $sse->onClose(fn () => error_log('closed'));
    file_put_contents('php://stderr', json_encode([$sse->send('x'), $sse->isOpen(), $sse->stopReason(), $sse->wait(60)]));
    echo 'more';
    PHP, ['REQUEST_METHOD' => 'HEAD'], ['log_errors' => '0'])->show();
request('<?php Sse::stream(function () { while (true) yield "x"; }); file_put_contents("php://stderr", "stream() returned");', ['REQUEST_METHOD' => 'HEAD'])->show();
?>
--EXPECT--
standard error: "closed\n[false,false,\"closed\",false]"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
""
standard error: "stream() returned"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
""

--TEST--
ob_flush() and its kin say nothing of buffers that start() has closed
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$calls = <<<'PHP'
    <?php
    set_error_handler(function (int $severity, string $message) { $GLOBALS['notices'][] = $message; });
    function answers(): array
    {
        $GLOBALS['notices'] = [];
        $answers = [ob_flush(), ob_clean(), ob_end_flush(), ob_end_clean(), ob_get_flush(), ob_get_clean()];
        flush();
        return [$answers, $GLOBALS['notices']];
    }
    PHP;
foreach (['Off', '4096'] as $buffering) {
    request($calls . <<<'PHP'

        $sse = Sse::start();
        $sse->send(answers());
        ob_start();
        echo "data: mine\n\n";
        $flushed = ob_flush();
        $sse->send([$flushed, ob_end_flush(), ob_get_level()]);
        $sse->close();
        $after = answers();
        file_put_contents('php://stderr', json_encode($after) . "\n");
        while (ob_end_clean()) {}
        PHP, [], ['output_buffering' => $buffering])->show();
}
// A page without a stream has the notices.
show(request($calls . ' echo count(answers()[1]);')->body);
// So has a script whose buffers nobody took, as on the command line.
set_error_handler(function (int $severity, string $message) { echo "[$message]\n"; });
$sse = started();
ob_flush();
?>
--EXPECT--
standard error: "[[false,false,false,false,false,false],[]]\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: [[false,false,false,false,false,false],[]]\n\ndata: mine\n\ndata: [true,true,0]\n\n"
standard error: "[[false,false,false,false,false,false],[]]\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: [[false,false,false,false,false,false],[]]\n\ndata: mine\n\ndata: [true,true,0]\n\n"
"5"
[ob_flush(): Failed to flush buffer. No buffer to flush]

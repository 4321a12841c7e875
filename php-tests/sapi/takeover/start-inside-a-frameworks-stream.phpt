--TEST--
Where the headers of a stream are out already, start() carries on without complaint
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach (['text/event-stream', 'text/event-stream; charset=utf-8', 'TEXT/Event-Stream;charset=UTF-8'] as $type) {
    request("<?php header('Content-Type: $type'); header('X-Accel-Buffering: no'); echo ': head' . PHP_EOL; flush(); \$sse = Sse::start(headers: ['X-Late' => '1'], allowOrigin: 'https://a.example'); \$sse->send('x');")->show();
}
$head = '<?php foreach (Sse::headers() as $name => $value) header("$name: $value"); echo "data: early\n"; flush(); ';
request($head . 'Sse::stream(["x"]);')->show();
request($head . 'ob_start(); ob_start(); echo "data: buffered\n"; $sse = Sse::start(); $sse->send(ob_get_level());')->show();
request($head . '$sse = Sse::start(); $sse->send("x");', ['REQUEST_METHOD' => 'OPTIONS'])->show();
request($head . '$sse = Sse::start(); $sse->send("x"); file_put_contents("php://stderr", json_encode($sse->isOpen()));', ['REQUEST_METHOD' => 'HEAD'])->show();
?>
--EXPECT--
200 OK
Content-type: text/event-stream;charset=UTF-8
X-Accel-Buffering: no
": head\n:\ndata: x\n\n"
200 OK
Content-Type: text/event-stream; charset=utf-8
X-Accel-Buffering: no
": head\n:\ndata: x\n\n"
200 OK
Content-Type: TEXT/Event-Stream;charset=UTF-8
X-Accel-Buffering: no
": head\n:\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\ndata: buffered\n\n:\ndata: 0\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"data: early\n\n:\ndata: x\n\n"
standard error: "false"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
""

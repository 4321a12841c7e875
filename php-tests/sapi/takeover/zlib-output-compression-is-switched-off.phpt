--TEST--
zlib.output_compression is switched off before it holds anything back
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$gzip = ['HTTP_ACCEPT_ENCODING' => 'gzip'];
foreach (['1', 'On', '4096'] as $setting) {
    request('<?php $sse = Sse::start(); $sse->send("x");', $gzip, ['zlib.output_compression' => $setting])->show();
}
request('<?php echo "data: early\n\n"; $sse = Sse::start(); $sse->send("x");', $gzip, ['zlib.output_compression' => '1'])->show();
request('<?php ini_set("zlib.output_compression", "1"); $sse = Sse::start(); $sse->send("x");', $gzip)->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"
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
":\ndata: x\n\n"

--TEST--
ob_gzhandler is switched off before it holds anything back
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$gzip = ['HTTP_ACCEPT_ENCODING' => 'gzip'];
request('<?php ob_start("ob_gzhandler"); $sse = Sse::start(); $sse->send("x");', $gzip)->show();
request('<?php ob_start("ob_gzhandler"); echo "data: early\n\n"; $sse = Sse::start(); $sse->send("x");', $gzip)->show();
request('<?php ob_start(); ob_start("ob_gzhandler"); ob_start(); echo "data: early\n\n"; $sse = Sse::start(); $sse->send("x");', $gzip)->show();
request('<?php $sse = Sse::start(); $sse->send("x");', $gzip, ['output_handler' => 'ob_gzhandler'])->show();
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
"data: early\n\n:\ndata: x\n\n"
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

--TEST--
An output callback that throws or exits while its buffer is closed has its way
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php ob_start(fn () => throw new LogicException("thrown")); echo "x"; try { Sse::start(); } catch (LogicException $e) { echo $e->getMessage(); }')->show();
request('<?php ob_start(fn () => exit(3)); echo "x"; Sse::start(); echo "never";')->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"x\n\n:\nthrown"
exit status: 3
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
"x\n\n:\nevent\n"

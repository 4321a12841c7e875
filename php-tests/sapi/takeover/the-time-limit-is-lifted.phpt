--TEST--
The time limit is lifted
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php set_time_limit(7); $sse = Sse::start(); $sse->send(ini_get("max_execution_time"));', settings: ['max_execution_time' => '30'])->show();
$start = hrtime(true);
show(request('<?php set_time_limit(1); $sse = Sse::start(); for ($t = hrtime(true); hrtime(true) - $t < 1.3e9;); $sse->send("still alive");')->body);
var_dump(hrtime(true) - $start > 1.3e9);
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 0\n\n"
":\ndata: still alive\n\n"
bool(true)

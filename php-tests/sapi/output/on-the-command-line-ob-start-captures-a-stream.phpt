--TEST--
On the command line ob_start() captures a stream, at every level
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = null;
ob_start();
$sse = Sse::start();
ob_start();
$sse->send('inner');
$inner = ob_get_clean();
$sse->send('outer');
$outer = ob_get_clean();
show($inner);
show($outer);
observe(fn () => ob_get_level());
ob_start(fn ($buffer) => strtoupper($buffer));
$sse->send('through a callback');
ob_end_flush();
echo "\n";
?>
--EXPECT--
"data: inner\n\n"
":\ndata: outer\n\n"
returned 1
DATA: THROUGH A CALLBACK

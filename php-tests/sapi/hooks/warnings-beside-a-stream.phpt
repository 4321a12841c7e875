--TEST--
A warning that PHP would display beside a stream goes to the log, and into no event
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

show(request('<?php $sse = Sse::start(); $sse->send("x"); echo $undefined; $sse->send("y");')->body);
?>
--EXPECT--
standard error: "PHP Warning:  Undefined variable $undefined in script.php on line 1\n"
":\ndata: x\n\ndata: y\n\n"

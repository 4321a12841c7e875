--TEST--
A warning that PHP prints beside a stream damages no frame
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

show(request('<?php $sse = Sse::start(); $sse->send("x"); echo $undefined; $sse->send("y");')->body);
?>
--EXPECT--
":\ndata: x\n\n\nWarning: Undefined variable $undefined in script.php on line 1\n\ndata: y\n\n"

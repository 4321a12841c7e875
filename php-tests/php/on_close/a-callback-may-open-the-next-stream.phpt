--TEST--
On the command line a callback may open the next stream
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$sse->onClose(fn () => Sse::start()->send('from the next'));
observe(fn () => $sse->close('bye'));
observe(fn () => Sse::current() !== $sse);
observe(fn () => Sse::current()->send('x'));
?>
--EXPECT--
wrote "data: bye\n\n:\ndata: from the next\n\n", returned null
returned true
wrote "data: x\n\n", returned true

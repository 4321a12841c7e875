--TEST--
A source that takes its argument by reference gets the engine's warning
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function taking(&$sse) { $sse->close(); $sse = null; }
set_error_handler(fn (int $severity, string $message) => print("[$message]") > 0);
observe(fn () => Sse::stream('taking'));
observe(fn () => Sse::current()->isOpen());
?>
--EXPECT--
wrote ":\n\n1", returned true
returned false

--TEST--
A source that takes its argument by reference gets the engine's warning
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function taking(&$sse) { $sse->close(); $sse = null; }
set_error_handler(function (int $severity, string $message) { echo "[$message]"; });
observe(fn () => Sse::stream('taking'));
observe(fn () => Sse::current()->isOpen());
?>
--EXPECT--
wrote ":\n[taking(): Argument #1 ($sse) must be passed by reference, value given]", returned true
returned false

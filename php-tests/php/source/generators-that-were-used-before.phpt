--TEST--
A generator that has been used is refused in the engine's words
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$generator = (function () { yield 'a'; yield 'b'; })();
observe(fn () => Sse::stream($generator));
observe(fn () => Sse::stream($generator));
$begun = (function () { yield 'a'; yield 'b'; })();
$begun->next();
observe(fn () => Sse::stream($begun));
?>
--EXPECT--
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\nevent\n", threw Exception: Cannot traverse an already closed generator
wrote ":\nevent\n", threw Exception: Cannot rewind a generator that was already run

--TEST--
Generators nest; one as a value is a TypeError
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function inner() { try { yield 'a'; yield 'b'; } finally { echo '[inner]'; } }
function outer() { try { yield from inner(); yield 'c'; } finally { echo '[outer]'; } }
observe(fn () => Sse::stream(outer()));
observe(fn () => Sse::stream(fn () => outer()));
observe(fn () => Sse::stream([inner()]));
observe(fn () => Sse::current()->stopReason());
?>
--EXPECT--
wrote ":\ndata: a\n\ndata: b\n\n[inner]\n\ndata: c\n\n[outer]", returned true
wrote ":\ndata: a\n\ndata: b\n\n[inner]\n\ndata: c\n\n[outer]", returned true
wrote ":\nevent\n", threw TypeError: Sse::stream(): Argument #1 ($source) must be data that has a JSON form, Generator given
returned SseStopReason::Closed

--TEST--
The finally block of a generator runs when the stream stops
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function ticks() { try { for (;;) { yield 'x'; usleep(250_000); } } finally { echo '[finally]'; } }
observe(fn () => Sse::stream(ticks(), maxLifetime: 0.2));
observe(fn () => Sse::stream(ticks(...), maxLifetime: 0.2));
observe(fn () => Sse::stream((function () { try { yield from ticks(); } finally { echo '[outer finally]'; } })(), maxLifetime: 0.2));
observe(fn () => Sse::stream((function () { try { yield 'a'; Sse::current()->close(); yield 'b'; yield 'c'; } finally { echo '[finally]'; } })()));
observe(fn () => Sse::stream((function () { try { yield 'a'; } finally { Sse::current()->send('from finally'); } })()));
?>
--EXPECT--
wrote ":\ndata: x\n\n[finally]", returned false
wrote ":\ndata: x\n\n[finally]", returned false
wrote ":\ndata: x\n\n[finally][outer finally]", returned false
wrote ":\ndata: a\n\n[finally]", returned true
wrote ":\ndata: a\n\ndata: from finally\n\n", returned true

--TEST--
The event type is for values that bring none of their own
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::stream(['a', new SseEvent('b', 'own'), new SseEvent('c'), new SseEvent('d', ''), ['e']], event: 'tick'));
observe(fn () => Sse::stream(fn (Sse $sse) => $sse->close('x') ?? 'y', event: 'tick'));
observe(fn () => Sse::stream((function () { yield 'a'; Sse::current()->send('b'); })(), event: 'tick'));
observe(fn () => Sse::stream(['a'], event: ''));
?>
--EXPECT--
wrote ":\nevent: tick\ndata: a\n\nevent: own\ndata: b\n\nevent: tick\ndata: c\n\ndata: d\n\nevent: tick\ndata: [\"e\"]\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\nevent: tick\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: a\n\n", returned true

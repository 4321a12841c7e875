--TEST--
stream() sends every value of an iterable; null and false send nothing
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::stream(['a', 1, '0', 0, '', [], null, false, true, 0.5, ['k' => 'v'], new SseEvent('x', 'tick')]));
observe(fn () => Sse::stream([]));
observe(fn () => Sse::stream(['k' => 'a', 5 => 'b']));
observe(fn () => Sse::stream(new ArrayIterator(['a', null, 'b'])));
observe(fn () => Sse::stream(new ArrayObject(['a', 'b'])));
observe(fn () => Sse::stream(new LimitIterator(new InfiniteIterator(new ArrayIterator(['a', 'b'])), 0, 5)));
observe(fn () => Sse::stream((function () { yield 'a'; yield from ['b', 'c']; yield null; return 'd'; })()));
observe(fn () => Sse::stream((function () { yield 'same key' => 'a'; yield 'same key' => 'b'; })()));
observe(fn () => Sse::stream((function () { return; yield; })()));
observe(fn () => Sse::current()->stopReason());
?>
--EXPECT--
wrote ":\ndata: a\n\ndata: 1\n\ndata: 0\n\ndata: 0\n\ndata: \n\ndata: []\n\ndata: true\n\ndata: 0.5\n\ndata: {\"k\":\"v\"}\n\nevent: tick\ndata: x\n\n", returned true
wrote ":\nevent\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\ndata: a\n\ndata: b\n\ndata: a\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\ndata: c\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\nevent\n", returned true
returned SseStopReason::Closed

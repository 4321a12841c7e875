--TEST--
sendMany() writes all of its events at once, or none
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->sendMany(['a', 1, null, false, [2], new SseEvent('x', 'tick'), '']));
observe(fn () => $sse->sendMany([]));
observe(fn () => $sse->sendMany(['named' => 'a', 'keys' => 'b']));
observe(fn () => $sse->sendMany(new ArrayIterator(['a', 'b'])));
observe(fn () => $sse->sendMany((function () { yield 'a'; yield from ['b', 'c']; return 'd'; })()));
observe(fn () => $sse->sendMany(['a', INF, 'b']));
observe(fn () => $sse->sendMany(['a', fn () => 1]));
observe(fn () => $sse->sendMany(['a', ["\xff"]]));
observe(fn () => $sse->sendMany((function () { yield 'a'; throw new LogicException('thrown by the source'); })()));
observe(fn () => $sse->sendMany((function () { yield 'a'; Sse::current()->send('sent meanwhile'); yield 'b'; })()));
observe(fn () => $sse->sendMany((function () { yield 'a'; Sse::current()->close(); yield 'b'; })()));
observe(fn () => $sse->sendMany(['too late']));
observe(fn () => $sse->sendMany([INF]));
?>
--EXPECT--
wrote "data: a\n\ndata: 1\n\ndata: null\n\ndata: false\n\ndata: [2]\n\nevent: tick\ndata: x\n\ndata: \n\n", returned true
returned true
wrote "data: a\n\ndata: b\n\n", returned true
wrote "data: a\n\ndata: b\n\n", returned true
wrote "data: a\n\ndata: b\n\ndata: c\n\n", returned true
threw JsonException: Inf and NaN cannot be JSON encoded
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be data that has a JSON form, Closure given
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw LogicException: thrown by the source
wrote "data: sent meanwhile\n\ndata: a\n\ndata: b\n\n", returned true
returned false
returned false
threw JsonException: Inf and NaN cannot be JSON encoded

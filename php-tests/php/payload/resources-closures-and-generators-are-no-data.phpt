--TEST--
Resources, closures and generators are a TypeError, and nothing is sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$closed = fopen('php://memory', 'r');
fclose($closed);
foreach ([fopen('php://memory', 'r'), $closed, fn () => 1, strlen(...), (function () { yield 1; })()] as $value) {
    observe(fn () => $sse->send($value));
    observe(fn () => $sse->sendMany(['a', $value]));
    observe(fn () => $sse->close($value));
    observe(fn () => Sse::encode($value));
    observe(fn () => $sse->send(new SseEvent($value)));
}
observe(fn () => $sse->send('still open'));
?>
--EXPECT--
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be data that has a JSON form, resource given
threw TypeError: Sse::close(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::encode(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be data that has a JSON form, resource given
threw TypeError: Sse::close(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::encode(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be data that has a JSON form, Closure given
threw TypeError: Sse::close(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::encode(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be data that has a JSON form, Closure given
threw TypeError: Sse::close(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::encode(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, Generator given
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be data that has a JSON form, Generator given
threw TypeError: Sse::close(): Argument #1 ($data) must be data that has a JSON form, Generator given
threw TypeError: Sse::encode(): Argument #1 ($data) must be data that has a JSON form, Generator given
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, Generator given
wrote "data: still open\n\n", returned true

--TEST--
A refused SseEvent leaves nothing behind
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

for ($i = 0; $i < 3; $i++) {
    try {
        new SseEvent(str_repeat('x', 1000), "a\nb");
    } catch (ValueError) {
    }
}
$event = (new ReflectionClass('SseEvent'))->newInstance('x', 'tick');
show($event);
observe(fn () => (new ReflectionClass('SseEvent'))->newInstanceWithoutConstructor());
observe(fn () => (new ReflectionClass('SseEvent'))->newInstanceArgs(['data' => 'x', 'id' => 'y'])->id);
?>
--EXPECT--
"event: tick\ndata: x\n\n"
threw ReflectionException: Class SseEvent is an internal class marked as final that cannot be instantiated without invoking its constructor
returned "y"

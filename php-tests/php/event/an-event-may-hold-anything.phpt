--TEST--
An SseEvent may hold what cannot be sent; sending it is what fails
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$event = new SseEvent(fn () => 1);
observe(fn () => $event->data);
observe(fn () => (string) $event);
observe(fn () => Sse::encode($event));
observe(fn () => (string) new SseEvent(INF));
observe(fn () => (string) new SseEvent(fopen('php://memory', 'r')));
class Throwing implements JsonSerializable { function jsonSerialize(): mixed { throw new LogicException('thrown'); } }
observe(fn () => (string) new SseEvent(new Throwing()));
observe(fn () => strlen(new SseEvent(new Throwing())));
?>
--EXPECT--
returned Closure
threw TypeError: SseEvent::__toString(): Property $data must be data that has a JSON form, Closure given
threw TypeError: Sse::encode(): Argument #1 ($data) must be data that has a JSON form, Closure given
threw JsonException: Inf and NaN cannot be JSON encoded
threw TypeError: SseEvent::__toString(): Property $data must be data that has a JSON form, resource given
threw LogicException: thrown
threw LogicException: thrown

--TEST--
No class can be extended but the exceptions
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach (['Sse', 'SseEvent', 'SseParser', 'SseStopReason', 'SseException', 'SseClientGone'] as $class) {
    echo $class, ': ', (new ReflectionClass($class))->isFinal() ? 'final' : 'not final', "\n";
}
class OwnException extends SseException {}
observe(fn () => throw new OwnException('x', 5));
?>
--EXPECT--
Sse: final
SseEvent: final
SseParser: final
SseStopReason: final
SseException: not final
SseClientGone: not final
threw OwnException: x

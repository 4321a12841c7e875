--TEST--
The properties of an SseEvent are read-only, and there are no others
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$event = new SseEvent(['a'], 'tick', 1, 2, 'why');
foreach (['data', 'event', 'id', 'retry', 'comment'] as $name) {
    observe(function () use ($event, $name) { $event->$name = 'x'; });
    observe(function () use ($event, $name) { unset($event->$name); });
    observe(function () use ($event, $name) { $reference = &$event->$name; });
}
observe(function () use ($event) { $event->data[] = 'b'; });
observe(function () use ($event) { $event->retry++; });
observe(function () use ($event) { foreach ($event as &$value) { $value = 'x'; } });
observe(function () use ($event) { $event->other = 'x'; });
observe(fn () => isset($event->other));
observe(fn () => isset($event->data));
observe(fn () => $event->__construct('x'));
show($event);
?>
--EXPECTF--
threw Error: Cannot modify readonly property SseEvent::$data
threw Error: Cannot unset readonly property SseEvent::$data
threw Error: Cannot %Smodify readonly property SseEvent::$data
threw Error: Cannot modify readonly property SseEvent::$event
threw Error: Cannot unset readonly property SseEvent::$event
threw Error: Cannot %Smodify readonly property SseEvent::$event
threw Error: Cannot modify readonly property SseEvent::$id
threw Error: Cannot unset readonly property SseEvent::$id
threw Error: Cannot %Smodify readonly property SseEvent::$id
threw Error: Cannot modify readonly property SseEvent::$retry
threw Error: Cannot unset readonly property SseEvent::$retry
threw Error: Cannot %Smodify readonly property SseEvent::$retry
threw Error: Cannot modify readonly property SseEvent::$comment
threw Error: Cannot unset readonly property SseEvent::$comment
threw Error: Cannot %Smodify readonly property SseEvent::$comment
threw Error: Cannot %Smodify readonly property SseEvent::$data
threw Error: Cannot modify readonly property SseEvent::$retry
threw Error: Cannot acquire reference to readonly property SseEvent::$data
threw Error: Cannot create dynamic property SseEvent::$other
returned false
returned true
threw Error: Cannot modify readonly property SseEvent::$data
": why\nid: 1\nevent: tick\nretry: 2\ndata: [\"a\"]\n\n"

--TEST--
No object of the extension takes properties of the script's
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach ([$sse, new SseEvent('x'), new SseParser(), SseStopReason::Closed] as $object) {
    observe(function () use ($object) { $object->color = 'red'; });
    observe(fn () => isset($object->color));
    observe(fn () => property_exists($object, 'color'));
}
?>
--EXPECT--
threw Error: Cannot create dynamic property Sse::$color
returned false
returned false
threw Error: Cannot create dynamic property SseEvent::$color
returned false
returned false
threw Error: Cannot create dynamic property SseParser::$color
returned false
returned false
threw Error: Cannot create dynamic property SseStopReason::$color
returned false
returned false

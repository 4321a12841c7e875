--TEST--
Streams and parsers cannot be cloned; nothing of the extension can be serialized
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach ([$sse, new SseEvent('x'), new SseParser()] as $object) {
    observe(fn () => serialize($object));
    observe(fn () => serialize([$object]));
    observe(fn () => unserialize('O:' . strlen($object::class) . ':"' . $object::class . '":0:{}'));
    observe(fn () => var_export($object, true) !== '');
    observe(fn () => json_encode($object));
}
observe(fn () => clone $sse);
observe(fn () => clone new SseParser());
observe(fn () => serialize(SseStopReason::Closed));
observe(fn () => unserialize('E:20:"SseStopReason:Closed";'));
?>
--EXPECT--
threw Exception: Serialization of 'Sse' is not allowed
threw Exception: Serialization of 'Sse' is not allowed
threw Exception: Unserialization of 'Sse' is not allowed
returned true
returned "{\"lastEventId\":null}"
threw Exception: Serialization of 'SseEvent' is not allowed
threw Exception: Serialization of 'SseEvent' is not allowed
threw Exception: Unserialization of 'SseEvent' is not allowed
returned true
returned "{\"data\":\"x\",\"event\":null,\"id\":null,\"retry\":null,\"comment\":null}"
threw Exception: Serialization of 'SseParser' is not allowed
threw Exception: Serialization of 'SseParser' is not allowed
threw Exception: Unserialization of 'SseParser' is not allowed
returned true
returned "{}"
threw Error: Trying to clone an uncloneable object of class Sse
threw Error: Trying to clone an uncloneable object of class SseParser
returned "E:20:\"SseStopReason:Closed\";"
returned SseStopReason::Closed

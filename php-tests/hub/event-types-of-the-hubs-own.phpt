--TEST--
Event types of the hub's own cannot be published, and no stream that follows topics sends a reset of its own
--INI--
sse.hub_socket=/nowhere/hub.sock
sse.hub_spawn=0
--FILE--
<?php
require __DIR__ . '/../support/observe.inc';

foreach (['reset', 'sse:position', 'sse:', str_repeat('n', 257)] as $type) {
    observe(fn () => Sse::publish('a', 'x', $type));
}
observe(fn () => Sse::publish('a', new SseEvent('x', event: 'reset')));
observe(fn () => Sse::publish('a', new SseEvent('x', event: str_repeat('n', 257))));
foreach (['resets', 'SSE:x', 'a sse:', str_repeat('n', 256)] as $type) {
    try {
        Sse::publish('a', 'x', $type);
    } catch (SseException $e) {
        echo strlen($type), " bytes: taken, and there is no hub\n";
    }
}
foreach (['send', 'sendChanges'] as $method) {
    $sse = started();
    observe(fn () => $sse->$method('x', event: 'reset'));
    observe(fn () => $sse->subscribe('a'));
    observe(fn () => $sse->isOpen());
    $sse->close();
}
?>
--EXPECT--
threw ValueError: Sse::publish(): Argument #3 ($event) must not be "reset" or begin with "sse:": the hub's own events are of these types
threw ValueError: Sse::publish(): Argument #3 ($event) must not begin with "sse:", which is reserved
threw ValueError: Sse::publish(): Argument #3 ($event) must not begin with "sse:", which is reserved
threw ValueError: Sse::publish(): Argument #3 ($event) must be at most 256 bytes
threw ValueError: Sse::publish(): Argument #2 ($data): its event type must not be "reset" or begin with "sse:": the hub's own events are of these types
threw ValueError: Sse::publish(): Argument #2 ($data): its event type must be at most 256 bytes
6 bytes: taken, and there is no hub
5 bytes: taken, and there is no hub
6 bytes: taken, and there is no hub
256 bytes: taken, and there is no hub
wrote "event: reset\ndata: x\n\n", returned true
threw SseException: Sse::subscribe(): this stream has sent an event of type "reset", which its client would take for the hub's: give it another type
returned true
wrote "event: state\ndata: \"x\"\n\n", returned true
threw SseException: Sse::subscribe(): this stream has sent an event of type "reset", which its client would take for the hub's: give it another type
returned true

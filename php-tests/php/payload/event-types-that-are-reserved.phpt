--TEST--
Event types that begin with "sse:" are reserved, wherever a script gives one
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::encode('x', event: 'sse:position'));
observe(fn () => new SseEvent('x', event: 'sse:position'));
observe(fn () => Sse::stream([1], event: 'sse:position'));
$sse = started();
observe(fn () => $sse->send('x', event: 'sse:position'));
observe(fn () => $sse->send('x', event: 'sse:'));
observe(fn () => $sse->sendMany([new SseEvent('x'), new SseEvent('y', event: 'sse:y')]));
observe(fn () => $sse->send('x', event: 'Sse:position'));
observe(fn () => $sse->send('x', event: ' sse:'));
observe(fn () => $sse->close('x', event: 'sse:end'));
observe(fn () => $sse->isOpen());

// What an upstream of ours says of itself is for the parser: the rest can be sent on.
$parser = new SseParser();
foreach ($parser->feed(":\nevent: sse:position\nid: 7\ndata: {}\n\nevent: tick\ndata: x\n\n") as $event) {
    observe(fn () => $sse->send($event));
}
observe(fn () => $parser->lastEventId());
?>
--EXPECT--
threw ValueError: Sse::encode(): Argument #2 ($event) must not begin with "sse:", which is reserved
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not begin with "sse:", which is reserved
threw ValueError: Sse::stream(): Argument #3 ($event) must not begin with "sse:", which is reserved
threw ValueError: Sse::send(): Argument #2 ($event) must not begin with "sse:", which is reserved
threw ValueError: Sse::send(): Argument #2 ($event) must not begin with "sse:", which is reserved
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not begin with "sse:", which is reserved
wrote "event: Sse:position\ndata: x\n\n", returned true
wrote "event:  sse:\ndata: x\n\n", returned true
threw ValueError: Sse::close(): Argument #2 ($event) must not begin with "sse:", which is reserved
returned true
wrote "event: tick\ndata: x\n\n", returned true
returned "7"

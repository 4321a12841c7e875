--TEST--
Without strict_types, scalars become what is declared, as PHP does it
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
class Tick { function __toString(): string { return 'tick'; } }
observe(fn () => $sse->send('x', 5));
observe(fn () => $sse->send('x', 1.5));
observe(fn () => $sse->send('x', true));
observe(fn () => $sse->send('x', new Tick()));
observe(fn () => $sse->send('x', null, new Tick()));
// PHP deprecates a float with a fraction for an int.
observe(fn () => @$sse->send('x', null, 1.5));
observe(fn () => @$sse->send('x', null, null, 1.5));
observe(fn () => @$sse->retry(1.5));
observe(fn () => $sse->send('x', null, 2.0));
observe(fn () => $sse->send('x', null, true));
observe(fn () => $sse->send('x', null, null, '12'));
observe(fn () => $sse->send('x', null, null, '12 '));
observe(fn () => $sse->send('x', null, null, '1e3'));
observe(fn () => $sse->send('x', null, null, 12.0));
observe(fn () => $sse->send('x', null, null, true));
observe(fn () => $sse->comment(5));
observe(fn () => $sse->comment(new Tick()));
observe(fn () => $sse->retry('12'));
observe(fn () => $sse->wait('0'));
observe(fn () => $sse->wait('1e-9'));
observe(fn () => $sse->wait(' .0'));
observe(fn () => $sse->wait(false));
observe(fn () => $sse->wait(0));
observe(fn () => (new SseParser('20'))->feed(5));
?>
--EXPECT--
wrote "event: 5\ndata: x\n\n", returned true
wrote "event: 1.5\ndata: x\n\n", returned true
wrote "event: 1\ndata: x\n\n", returned true
wrote "event: tick\ndata: x\n\n", returned true
wrote "id: tick\ndata: x\n\n", returned true
wrote "id: 1\ndata: x\n\n", returned true
wrote "retry: 1\ndata: x\n\n", returned true
wrote "retry: 1\n", returned true
wrote "id: 2\ndata: x\n\n", returned true
wrote "id: 1\ndata: x\n\n", returned true
wrote "retry: 12\ndata: x\n\n", returned true
wrote "retry: 12\ndata: x\n\n", returned true
wrote "retry: 1000\ndata: x\n\n", returned true
wrote "retry: 12\ndata: x\n\n", returned true
wrote "retry: 1\ndata: x\n\n", returned true
wrote ": 5\n", returned true
wrote ": tick\n", returned true
wrote "retry: 12\n", returned true
returned true
returned true
returned true
returned true
returned true
returned []

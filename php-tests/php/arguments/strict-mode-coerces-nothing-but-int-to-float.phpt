--TEST--
With strict_types, only an int for a float is coerced
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../../support/observe.inc';

$sse = started();
class Tick { function __toString(): string { return 'tick'; } }
observe(fn () => $sse->send('x', 5));
observe(fn () => $sse->send('x', new Tick()));
observe(fn () => $sse->send('x', null, 5));
observe(fn () => $sse->send('x', null, 1.5));
observe(fn () => $sse->send('x', null, true));
observe(fn () => $sse->send('x', null, new Tick()));
observe(fn () => $sse->send('x', null, null, '12'));
observe(fn () => $sse->send('x', null, null, 12.0));
observe(fn () => $sse->comment(5));
observe(fn () => $sse->retry('12'));
observe(fn () => $sse->wait('0'));
observe(fn () => $sse->wait(false));
observe(fn () => $sse->wait(0));
observe(fn () => $sse->close(null, 5));
observe(fn () => Sse::stream([], '1'));
observe(fn () => Sse::stream([], 1, heartbeat: 1, retry: 1.0));
observe(fn () => Sse::start(retry: 1.0));
observe(fn () => Sse::encode('x', comment: 5));
observe(fn () => Sse::headers(5));
observe(fn () => new SseEvent('x', 5));
observe(fn () => new SseEvent('x', retry: '5'));
observe(fn () => new SseParser('20'));
observe(fn () => (new SseParser())->feed(5));
?>
--EXPECTF--
threw TypeError: Sse::send(): Argument #2 ($event) must be of type ?string, int given
threw TypeError: Sse::send(): Argument #2 ($event) must be of type ?string, Tick given
wrote "id: 5\ndata: x\n\n", returned true
threw TypeError: Sse::send(): Argument #3 ($id) must be of type string|int|null, float given
threw TypeError: Sse::send(): Argument #3 ($id) must be of type string|int|null, %s given
threw TypeError: Sse::send(): Argument #3 ($id) must be of type string|int|null, Tick given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, string given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, float given
threw TypeError: Sse::comment(): Argument #1 ($text) must be of type string, int given
threw TypeError: Sse::retry(): Argument #1 ($milliseconds) must be of type int, string given
threw TypeError: Sse::wait(): Argument #1 ($seconds) must be of type float, string given
threw TypeError: Sse::wait(): Argument #1 ($seconds) must be of type float, %s given
returned true
threw TypeError: Sse::close(): Argument #2 ($event) must be of type ?string, int given
threw TypeError: Sse::stream(): Argument #2 ($interval) must be of type float, string given
threw TypeError: Sse::stream(): Argument #5 ($retry) must be of type ?int, float given
threw TypeError: Sse::start(): Argument #2 ($retry) must be of type ?int, float given
threw TypeError: Sse::encode(): Argument #5 ($comment) must be of type ?string, int given
threw TypeError: Sse::headers(): Argument #1 ($allowOrigin) must be of type string|array|null, int given
threw TypeError: SseEvent::__construct(): Argument #2 ($event) must be of type ?string, int given
threw TypeError: SseEvent::__construct(): Argument #4 ($retry) must be of type ?int, string given
threw TypeError: SseParser::__construct(): Argument #1 ($maxEventSize) must be of type int, string given
threw TypeError: SseParser::feed(): Argument #1 ($chunk) must be of type string, int given

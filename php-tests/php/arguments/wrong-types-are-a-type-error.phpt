--TEST--
Wrong types are a TypeError in the engine's words, and nothing is sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->send('x', []));
observe(fn () => $sse->send('x', new stdClass()));
observe(fn () => $sse->send('x', null, []));
observe(fn () => $sse->send('x', null, new stdClass()));
observe(fn () => $sse->send('x', null, null, 'soon'));
observe(fn () => $sse->send('x', null, null, '12 seconds'));
observe(fn () => $sse->send('x', null, null, ''));
observe(fn () => $sse->send('x', null, null, 1e30));
observe(fn () => $sse->send('x', null, null, NAN));
observe(fn () => $sse->send('x', null, null, []));
observe(fn () => $sse->sendMany('x'));
observe(fn () => $sse->sendMany(new stdClass()));
observe(fn () => $sse->comment([]));
observe(fn () => $sse->comment(fopen('php://memory', 'r')));
observe(fn () => $sse->retry(1e30));
observe(fn () => $sse->wait('long'));
observe(fn () => $sse->wait([]));
observe(fn () => $sse->close('x', []));
observe(fn () => Sse::start(heartbeat: 'often'));
observe(fn () => Sse::start(retry: []));
observe(fn () => Sse::start(maxLifetime: []));
observe(fn () => Sse::start(allowOrigin: 5.5));
observe(fn () => Sse::start(allowOrigin: new stdClass()));
observe(fn () => Sse::start(allowOrigin: [null]));
observe(fn () => Sse::start(headers: 'X-A: b'));
observe(fn () => Sse::start(headers: ['X-A' => ['b']]));
observe(fn () => Sse::stream(5));
observe(fn () => Sse::stream('no_such_function'));
observe(fn () => Sse::stream(new stdClass()));
observe(fn () => Sse::stream([], 'often'));
observe(fn () => Sse::stream([], 1, []));
observe(fn () => Sse::encode('x', []));
observe(fn () => Sse::encode('x', comment: []));
observe(fn () => new SseEvent('x', []));
observe(fn () => new SseEvent('x', id: []));
observe(fn () => new SseEvent('x', retry: 'soon'));
observe(fn () => new SseEvent('x', comment: []));
observe(fn () => new SseParser('large'));
observe(fn () => (new SseParser())->feed([]));
observe(fn () => $sse->send('still open'));
?>
--EXPECT--
threw TypeError: Sse::send(): Argument #2 ($event) must be of type ?string, array given
threw TypeError: Sse::send(): Argument #2 ($event) must be of type ?string, stdClass given
threw TypeError: Sse::send(): Argument #3 ($id) must be of type string|int|null, array given
threw TypeError: Sse::send(): Argument #3 ($id) must be of type string|int|null, stdClass given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, string given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, string given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, string given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, float given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, float given
threw TypeError: Sse::send(): Argument #4 ($retry) must be of type ?int, array given
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be of type Traversable|array, string given
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be of type Traversable|array, stdClass given
threw TypeError: Sse::comment(): Argument #1 ($text) must be of type string, array given
threw TypeError: Sse::comment(): Argument #1 ($text) must be of type string, resource given
threw TypeError: Sse::retry(): Argument #1 ($milliseconds) must be of type int, float given
threw TypeError: Sse::wait(): Argument #1 ($seconds) must be of type float, string given
threw TypeError: Sse::wait(): Argument #1 ($seconds) must be of type float, array given
threw TypeError: Sse::close(): Argument #2 ($event) must be of type ?string, array given
threw TypeError: Sse::start(): Argument #1 ($heartbeat) must be of type ?float, string given
threw TypeError: Sse::start(): Argument #2 ($retry) must be of type ?int, array given
threw TypeError: Sse::start(): Argument #3 ($maxLifetime) must be of type ?float, array given
threw ValueError: Sse::start(): Argument #4 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "5.5" given
threw TypeError: Sse::start(): Argument #4 ($allowOrigin) must be of type string|array|null, stdClass given
threw TypeError: Sse::start(): Argument #4 ($allowOrigin) must be an array of strings, null given
threw TypeError: Sse::start(): Argument #5 ($headers) must be of type array, string given
threw TypeError: Sse::start(): Argument #5 ($headers) must be an array of strings, array given
threw TypeError: Sse::stream(): Argument #1 ($source) must be of type Traversable|callable|array, int given
threw TypeError: Sse::stream(): Argument #1 ($source) must be of type Traversable|callable|array, string given
threw TypeError: Sse::stream(): Argument #1 ($source) must be of type Traversable|callable|array, stdClass given
threw TypeError: Sse::stream(): Argument #2 ($interval) must be of type float, string given
threw TypeError: Sse::stream(): Argument #3 ($event) must be of type ?string, array given
threw TypeError: Sse::encode(): Argument #2 ($event) must be of type ?string, array given
threw TypeError: Sse::encode(): Argument #5 ($comment) must be of type ?string, array given
threw TypeError: SseEvent::__construct(): Argument #2 ($event) must be of type ?string, array given
threw TypeError: SseEvent::__construct(): Argument #3 ($id) must be of type string|int|null, array given
threw TypeError: SseEvent::__construct(): Argument #4 ($retry) must be of type ?int, string given
threw TypeError: SseEvent::__construct(): Argument #5 ($comment) must be of type ?string, array given
threw TypeError: SseParser::__construct(): Argument #1 ($maxEventSize) must be of type int, string given
threw TypeError: SseParser::feed(): Argument #1 ($chunk) must be of type string, array given
wrote "data: still open\n\n", returned true

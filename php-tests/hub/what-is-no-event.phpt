--TEST--
What is no event to publish is an error, and nothing is published
--INI--
sse.hub_socket=/nowhere/hub.sock
sse.hub_spawn=0
sse.max_event=10
--FILE--
<?php
require __DIR__ . '/../support/observe.inc';

$recursive = [];
$recursive[] = &$recursive;
observe(fn () => Sse::publish('a', NAN));
observe(fn () => Sse::publish('a', ["\xff"]));
observe(fn () => Sse::publish('a', $recursive));
observe(fn () => Sse::publish('a', fopen('php://memory', 'r')));
observe(fn () => Sse::publish('a', fn () => 1));
observe(fn () => Sse::publish('a', str_repeat('x', 11)));
observe(fn () => Sse::publish('a', str_repeat('x', 9) . 'é'));
observe(fn () => Sse::publish('a', new SseEvent('x', id: 1)));
observe(fn () => Sse::publish('a', new SseEvent('x', retry: 1)));
observe(fn () => Sse::publish('a', new SseEvent('x', comment: 'c')));
observe(fn () => Sse::publish('a', new SseEvent()));
observe(fn () => Sse::publish('a', 'x', "a\nb"));
observe(fn () => Sse::publish('a', 'x', []));
observe(fn () => Sse::publish('a'));
// All is well with this one, but there is no hub.
observe(fn () => Sse::publish('a', str_repeat('x', 10), 'e'));
?>
--EXPECT--
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw JsonException: Recursion detected
threw TypeError: Sse::publish(): Argument #2 ($data) must be data that has a JSON form, resource given
threw TypeError: Sse::publish(): Argument #2 ($data) must be data that has a JSON form, Closure given
threw ValueError: Sse::publish(): Argument #2 ($data) must be at most 10 bytes (sse.max_event), 11 given
threw ValueError: Sse::publish(): Argument #2 ($data) must be at most 10 bytes (sse.max_event), 11 given
threw ValueError: Sse::publish(): Argument #2 ($data) must have neither id, retry nor comment: the hub gives ids
threw ValueError: Sse::publish(): Argument #2 ($data) must have neither id, retry nor comment: the hub gives ids
threw ValueError: Sse::publish(): Argument #2 ($data) must have neither id, retry nor comment: the hub gives ids
threw ValueError: Sse::publish(): Argument #2 ($data) must have data
threw ValueError: Sse::publish(): Argument #3 ($event) must not contain line breaks
threw TypeError: Sse::publish(): Argument #3 ($event) must be of type ?string, array given
threw ArgumentCountError: Sse::publish() expects at least 2 arguments, 1 given
threw SseException: Sse::publish(): there is no hub: /nowhere/hub.sock: the hub cannot be reached: No such file or directory (os error 2); start one (sse-hub serve), or let the extension do it (sse.hub_spawn=1)

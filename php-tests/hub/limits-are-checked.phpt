--TEST--
limitKey and limit go together, and have ranges
--INI--
sse.hub_socket=/nowhere/hub.sock
sse.hub_spawn=0
--FILE--
<?php
require __DIR__ . '/../support/observe.inc';

observe(fn () => Sse::start(limitKey: 'a'));
observe(fn () => Sse::start(limit: 1));
observe(fn () => Sse::start(limitKey: '', limit: 1));
observe(fn () => Sse::start(limitKey: str_repeat('k', 257), limit: 1));
observe(fn () => Sse::start(limitKey: 'a', limit: 0));
observe(fn () => Sse::start(limitKey: 'a', limit: -1));
observe(fn () => Sse::start(limitKey: 'a', limit: 4294967296));
observe(fn () => Sse::start(limitKey: [], limit: 1));
observe(fn () => Sse::stream([], limitKey: 'a', limit: 0));
observe(fn () => Sse::stream([], limitKey: 'a'));
observe(fn () => Sse::start(limitKey: 'a', limit: 1, onLimit: 'drop'));
observe(fn () => Sse::start(limitKey: 'a', limit: 1, onLimit: "retry\0"));
observe(fn () => Sse::start(onLimit: 'drop-oldest'));
observe(fn () => @Sse::start(onLimit: null));
observe(fn () => Sse::stream([], onLimit: 'Refuse'));
// Nobody limits the command line. Keys are bytes; sse.max_streams is a limit, too.
observe(fn () => Sse::start(limitKey: "\xff", limit: 1, onLimit: 'drop-oldest'));
observe(fn () => Sse::start(onLimit: 'retry'));
observe(fn () => Sse::start(limitKey: 'a', limit: 1));
?>
--EXPECT--
threw ValueError: Sse::start(): Argument #7 ($limit) must be given with limitKey
threw ValueError: Sse::start(): Argument #6 ($limitKey) must be given with limit
threw ValueError: Sse::start(): Argument #6 ($limitKey) must be of 1 to 256 bytes
threw ValueError: Sse::start(): Argument #6 ($limitKey) must be of 1 to 256 bytes
threw ValueError: Sse::start(): Argument #7 ($limit) must be between 1 and 4294967295
threw ValueError: Sse::start(): Argument #7 ($limit) must be between 1 and 4294967295
threw ValueError: Sse::start(): Argument #7 ($limit) must be between 1 and 4294967295
threw TypeError: Sse::start(): Argument #6 ($limitKey) must be of type ?string, array given
threw ValueError: Sse::stream(): Argument #10 ($limit) must be between 1 and 4294967295
threw ValueError: Sse::stream(): Argument #10 ($limit) must be given with limitKey
threw ValueError: Sse::start(): Argument #9 ($onLimit) must be one of "refuse", "retry", or "drop-oldest"
threw ValueError: Sse::start(): Argument #9 ($onLimit) must be one of "refuse", "retry", or "drop-oldest"
threw ValueError: Sse::start(): Argument #9 ($onLimit) must not be "drop-oldest" without limitKey
threw ValueError: Sse::start(): Argument #9 ($onLimit) must be one of "refuse", "retry", or "drop-oldest"
threw ValueError: Sse::stream(): Argument #12 ($onLimit) must be one of "refuse", "retry", or "drop-oldest"
wrote ":\n", returned Sse
wrote ":\n", returned Sse
wrote ":\n", returned Sse

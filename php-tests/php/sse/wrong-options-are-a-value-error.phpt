--TEST--
An option out of its range is a ValueError, and no stream is opened
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach (['heartbeat', 'maxLifetime'] as $name) {
    foreach ([-1, -0.001, INF, -INF, NAN] as $value) {
        observe(fn () => Sse::start(...[$name => $value]));
        observe(fn () => Sse::stream([], ...[$name => $value]));
    }
}
foreach ([-1, INF, NAN] as $interval) {
    observe(fn () => Sse::stream([], $interval));
}
observe(fn () => Sse::current());
observe(fn () => Sse::start(heartbeat: 0, maxLifetime: 0));
Sse::current()->close();
observe(fn () => Sse::start(heartbeat: 1e300, maxLifetime: 1e300, retry: PHP_INT_MAX));
Sse::current()->close();
observe(fn () => Sse::stream([1], PHP_FLOAT_MAX));
observe(fn () => Sse::stream([1], 0.0));
observe(fn () => Sse::stream([1], -0.0));
?>
--EXPECT--
threw ValueError: Sse::start(): Argument #1 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #4 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #1 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #4 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #1 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #4 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #1 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #4 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #1 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #4 ($heartbeat) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #3 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #6 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #3 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #6 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #3 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #6 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #3 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #6 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::start(): Argument #3 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #6 ($maxLifetime) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #2 ($interval) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #2 ($interval) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::stream(): Argument #2 ($interval) must be a finite number of seconds greater than or equal to 0
returned null
wrote ":\n", returned Sse
wrote ":\nretry: 9223372036854775807\n", returned Sse
wrote ":\ndata: 1\n\n", returned true
wrote ":\ndata: 1\n\n", returned true
wrote ":\ndata: 1\n\n", returned true

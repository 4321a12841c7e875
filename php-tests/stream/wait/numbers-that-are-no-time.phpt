--TEST--
wait() refuses what is no time with a ValueError
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach ([-1, -0.001, PHP_INT_MIN, -1e300, INF, -INF, NAN] as $seconds) {
    observe(fn () => $sse->wait($seconds));
}
observe(fn () => $sse->isOpen());
?>
--EXPECT--
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
returned true

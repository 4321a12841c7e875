--TEST--
On a closed stream everything answers false and writes nothing
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->close());
observe(fn () => $sse->close());
observe(fn () => $sse->close('x', 'y'));
observe(fn () => $sse->isOpen());
observe(fn () => $sse->stopReason());
observe(fn () => $sse->send('x'));
observe(fn () => $sse->send(INF));
observe(fn () => $sse->send('x', "a\nb"));
observe(fn () => $sse->sendMany(['x']));
observe(fn () => $sse->sendChanges(['x']));
observe(fn () => $sse->sendChanges(INF));
observe(fn () => $sse->comment('x'));
observe(fn () => $sse->retry(5));
observe(fn () => $sse->wait(60));
observe(fn () => $sse->wait(-1));
observe(fn () => Sse::current() === $sse);
?>
--EXPECT--
returned null
returned null
returned null
returned false
returned SseStopReason::Closed
returned false
threw JsonException: Inf and NaN cannot be JSON encoded
threw ValueError: Sse::send(): Argument #2 ($event) must not contain line breaks
returned false
returned false
threw JsonException: Inf and NaN cannot be JSON encoded
returned false
returned false
returned false
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
returned true

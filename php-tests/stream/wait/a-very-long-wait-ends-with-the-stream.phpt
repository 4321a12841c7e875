--TEST--
A wait beyond what a clock can hold ends with the stream
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach ([PHP_INT_MAX, 1e300, PHP_FLOAT_MAX] as $seconds) {
    $sse = started(maxLifetime: 0.02);
    observe(fn () => $sse->wait($seconds));
    observe(fn () => $sse->stopReason());
}
?>
--EXPECT--
returned false
returned SseStopReason::MaxLifetime
returned false
returned SseStopReason::MaxLifetime
returned false
returned SseStopReason::MaxLifetime

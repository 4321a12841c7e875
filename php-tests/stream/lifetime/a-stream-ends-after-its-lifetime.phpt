--TEST--
A stream ends after its lifetime, give or take a tenth
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach ([0.05, 0.2] as $lifetime) {
    for ($try = 0; $try < 3; $try++) {
        $start = hrtime(true);
        $sse = started(maxLifetime: $lifetime);
        while ($sse->wait(0.001));
        $lived = (hrtime(true) - $start) / 1e9;
        echo $lived >= 0.9 * $lifetime && $lived < 1.1 * $lifetime + 3 ? 'lived long enough' : $lived, "\n";
        observe(fn () => $sse->stopReason());
    }
}
observe(fn () => $sse->send('too late'));
observe(fn () => $sse->isOpen());
?>
--EXPECT--
lived long enough
returned SseStopReason::MaxLifetime
lived long enough
returned SseStopReason::MaxLifetime
lived long enough
returned SseStopReason::MaxLifetime
lived long enough
returned SseStopReason::MaxLifetime
lived long enough
returned SseStopReason::MaxLifetime
lived long enough
returned SseStopReason::MaxLifetime
returned false
returned false

--TEST--
A lifetime of 0 is for ever, whatever the settings say
--INI--
sse.max_lifetime=0.001
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => started(maxLifetime: 0)->wait(0.02));
Sse::current()->close();
observe(fn () => started()->wait(0.02));
observe(fn () => Sse::current()->stopReason());
?>
--EXPECT--
returned true
returned false
returned SseStopReason::MaxLifetime

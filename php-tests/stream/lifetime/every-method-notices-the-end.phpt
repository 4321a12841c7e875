--TEST--
Every method notices that the lifetime is over
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach ([
    fn (Sse $sse) => $sse->send('x'),
    fn (Sse $sse) => $sse->sendMany(['x']),
    fn (Sse $sse) => $sse->sendChanges(['x']),
    fn (Sse $sse) => $sse->comment('x'),
    fn (Sse $sse) => $sse->retry(5),
    fn (Sse $sse) => $sse->wait(0),
    fn (Sse $sse) => $sse->isOpen(),
    fn (Sse $sse) => $sse->close('x') ?? $sse->stopReason(),
] as $method) {
    $sse = started(maxLifetime: 0.001);
    usleep(2000);
    observe(fn () => $method($sse));
}
$sse = started(maxLifetime: 0.001);
usleep(2000);
observe(fn () => $sse->stopReason());
?>
--EXPECT--
returned false
returned false
returned false
returned false
returned false
returned false
returned false
wrote "data: x\n\n", returned SseStopReason::Closed
returned SseStopReason::MaxLifetime

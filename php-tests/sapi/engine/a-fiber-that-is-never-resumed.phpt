--TEST--
A Fiber that is dropped while a source is suspended in it is unwound, and the stream closed
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$closed = [];
function suspending(Sse $sse)
{
    $sse->onClose(function ($reason) { $GLOBALS['closed'][] = $reason->name; });
    try {
        Fiber::suspend();
    } finally {
        echo '[finally]';
    }
}
observe(function () {
    $fiber = new Fiber(fn () => Sse::stream('suspending'));
    $fiber->start();
    unset($fiber);
    gc_collect_cycles();
});
observe(fn () => Sse::current()->stopReason());
observe(function () {
    $fiber = new Fiber(fn () => Sse::stream('suspending'));
    $fiber->start();
    $fiber->throw(new LogicException('thrown into the fiber'));
});
observe(fn () => $closed);
?>
--EXPECT--
wrote ":\n[finally]", returned null
returned SseStopReason::Closed
wrote ":\n[finally]", threw LogicException: thrown into the fiber
returned ["Closed","Closed"]

--TEST--
A Fiber that is dropped while a source is suspended in it unwinds it
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function closing(Sse $sse) { $sse->onClose(fn ($reason) => print("[closed: $reason->name]")); try { Fiber::suspend(); } finally { echo '[finally]'; } }
observe(function () {
    $fiber = new Fiber(fn () => Sse::stream('closing'));
    $fiber->start();
    unset($fiber);
    gc_collect_cycles();
});
observe(fn () => Sse::current()->stopReason());
observe(function () {
    $fiber = new Fiber(fn () => Sse::stream('closing'));
    $fiber->start();
    $fiber->throw(new LogicException('thrown into the fiber'));
});
ob_start();
$kept = new Fiber(fn () => Sse::stream('closing'));
$kept->start();
ob_end_clean();
echo "end of script\n";
?>
--EXPECT--
wrote ":\n\n[finally]", returned null
returned SseStopReason::Closed
wrote ":\n\n[finally][closed: Closed]", threw LogicException: thrown into the fiber
end of script
[finally][closed: Closed]

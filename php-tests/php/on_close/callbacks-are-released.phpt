--TEST--
Callbacks are released once they have run, and take no stream with them
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Held { function __construct(private string $name) {} function __destruct() { echo "[released $this->name]"; } }
$sse = started();
$held = new Held('a');
$sse->onClose(function () use ($held) {});
unset($held);
echo "registered\n";
observe(fn () => $sse->close());
$held = new Held('late');
$sse->onClose(function () use ($held) {});
observe(function () use (&$held) { $held = null; });
$cycle = started();
$held = new Held('in a cycle');
$cycle->onClose(function () use ($cycle, $held) {});
$weak = WeakReference::create($cycle);
unset($held);
observe(fn () => $cycle->close());
unset($cycle);
started()->close();
gc_collect_cycles();
var_dump($weak->get());
?>
--EXPECT--
registered
wrote "[released a]", returned null
wrote "[released late]", returned null
wrote "[released in a cycle]", returned null
NULL

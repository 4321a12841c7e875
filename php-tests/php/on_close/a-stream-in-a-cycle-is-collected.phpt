--TEST--
A stopped stream that only its own callbacks hold is collected
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$weak = [];
for ($i = 0; $i < 100; $i++) {
    $sse = started();
    $sse->onClose(function () use ($sse) {});
    $weak[] = WeakReference::create($sse);
    $sse->close();
}
unset($sse);
gc_collect_cycles();
echo count(array_filter($weak, fn ($reference) => $reference->get())), " left: the current one\n";
?>
--EXPECT--
1 left: the current one

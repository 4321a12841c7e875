--TEST--
An SseEvent in a reference cycle is collected
--FILE--
<?php
$held = new stdClass();
$held->event = new SseEvent($held);
$reference = WeakReference::create($held->event);
unset($held);
gc_collect_cycles();
var_dump($reference->get());
?>
--EXPECT--
NULL

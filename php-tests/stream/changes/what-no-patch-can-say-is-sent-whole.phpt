--TEST--
A state that no merge patch leads to is sent whole, and what follows is compared with it
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$deep = ['x' => 1];
for ($depth = 1; $depth < 512; $depth++) {
    $deep = ['a' => $deep];
}
observe(fn () => $sse->sendChanges(['user' => 'a', 'n' => 1]));
observe(fn () => $sse->sendChanges(['user' => null, 'n' => 1]));
observe(fn () => $sse->sendChanges(['user' => null, 'n' => 2]));
observe(fn () => $sse->sendChanges(['user' => 'b', 'n' => 2]));
observe(fn () => $sse->sendChanges(['user' => 'b', 'n' => 2, 'new' => ['a' => ['b' => null]]]));
observe(fn () => $sse->sendChanges(['user' => 'b', 'n' => 2, 'list' => [['b' => null]]]));
observe(fn () => $sse->sendChanges(['user' => 'b', 'n' => 2, 'list' => [null]]));
$sse->close();
$sse = started();
$deeper = str_replace('{"x":1}', '{"x":2}', json_encode($deep));
ob_start();
$sse->sendChanges($deep);
$sse->sendChanges(json_decode($deeper, true, 600));
var_dump(ob_get_clean() === 'event: state' . "\ndata: " . json_encode($deep) . "\n\nevent: patch\ndata: $deeper\n\n");
?>
--EXPECT--
wrote "event: state\ndata: {\"user\":\"a\",\"n\":1}\n\n", returned true
wrote "event: state\ndata: {\"user\":null,\"n\":1}\n\n", returned true
wrote "event: patch\ndata: {\"n\":2}\n\n", returned true
wrote "event: patch\ndata: {\"user\":\"b\"}\n\n", returned true
wrote "event: state\ndata: {\"user\":\"b\",\"n\":2,\"new\":{\"a\":{\"b\":null}}}\n\n", returned true
wrote "event: patch\ndata: {\"list\":[{\"b\":null}],\"new\":null}\n\n", returned true
wrote "event: patch\ndata: {\"list\":[null]}\n\n", returned true
bool(true)

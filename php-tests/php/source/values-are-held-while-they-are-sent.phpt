--TEST--
Values survive what happens to their source while they are sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$list = ['a', 'b', 'c'];
observe(fn () => Sse::stream((function () use (&$list) { foreach ($list as $key => $value) { unset($list[$key]); yield $value; } })()));
class Emptying implements JsonSerializable { function jsonSerialize(): mixed { $GLOBALS['held'] = []; gc_collect_cycles(); return 'x'; } }
$held = [new Emptying(), str_repeat('y', 3), [1]];
observe(fn () => Sse::stream($GLOBALS['held']));
$referenced = ['a', 'b'];
observe(fn () => Sse::stream((function &() use (&$referenced) { foreach ($referenced as &$value) { yield $value; $value = 'changed'; } })()));
echo implode(',', $referenced), "\n";
?>
--EXPECT--
wrote ":\ndata: a\n\ndata: b\n\ndata: c\n\n", returned true
wrote ":\ndata: \"x\"\n\ndata: yyy\n\ndata: [1]\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
a,b

--TEST--
Values behind references are taken as they are, and left as they were
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$data = 'x';
$event = 'tick';
$id = 3;
$list = [&$data, [&$id]];
$alias = &$data;
observe(fn () => $sse->send($alias, $event, $id));
observe(fn () => $sse->send($list));
observe(fn () => $sse->sendMany($list));
observe(fn () => Sse::current()->send(...[&$data, &$event, &$id]));
observe(fn () => call_user_func_array([$sse, 'comment'], [&$data]));
foreach ($list as &$each) {
    observe(fn () => $sse->send($each));
}
var_dump($list);
?>
--EXPECT--
wrote "id: 3\nevent: tick\ndata: x\n\n", returned true
wrote "data: [\"x\",[3]]\n\n", returned true
wrote "data: x\n\ndata: [3]\n\n", returned true
wrote "id: 3\nevent: tick\ndata: x\n\n", returned true
wrote ": x\n", returned true
wrote "data: x\n\n", returned true
wrote "data: [3]\n\n", returned true
array(2) {
  [0]=>
  &string(1) "x"
  [1]=>
  &array(1) {
    [0]=>
    &int(3)
  }
}

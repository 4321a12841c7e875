--TEST--
A clone of an SseEvent is the same event
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$event = new SseEvent(['a'], 'tick', 1, 2, 'why');
$clone = clone $event;
unset($event);
show($clone);
var_dump($clone->data);
?>
--EXPECT--
": why\nid: 1\nevent: tick\nretry: 2\ndata: [\"a\"]\n\n"
array(1) {
  [0]=>
  string(1) "a"
}

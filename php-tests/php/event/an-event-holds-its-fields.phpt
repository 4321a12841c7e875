--TEST--
An SseEvent holds what it was made of
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$event = new SseEvent(['a' => 1], 'tick', 7, 1500, 'why');
var_dump($event, $event->data, $event->id);
var_dump(new SseEvent());
var_dump(new SseEvent('', '', '', 0, ''));
var_dump($event instanceof Stringable, $event == new SseEvent(['a' => 1], 'tick', '7', 1500, 'why'), $event == new SseEvent());
observe(fn () => get_object_vars($event));
observe(fn () => json_encode($event));
observe(fn () => (new ReflectionClass('SseEvent'))->getConstructor()->getParameters()[0]->name);
?>
--EXPECT--
object(SseEvent)#1 (5) {
  ["data"]=>
  array(1) {
    ["a"]=>
    int(1)
  }
  ["event"]=>
  string(4) "tick"
  ["id"]=>
  string(1) "7"
  ["retry"]=>
  int(1500)
  ["comment"]=>
  string(3) "why"
}
array(1) {
  ["a"]=>
  int(1)
}
string(1) "7"
object(SseEvent)#2 (5) {
  ["data"]=>
  NULL
  ["event"]=>
  NULL
  ["id"]=>
  NULL
  ["retry"]=>
  NULL
  ["comment"]=>
  NULL
}
object(SseEvent)#2 (5) {
  ["data"]=>
  string(0) ""
  ["event"]=>
  string(0) ""
  ["id"]=>
  string(0) ""
  ["retry"]=>
  int(0)
  ["comment"]=>
  string(0) ""
}
bool(true)
bool(true)
bool(false)
returned {"data":{"a":1},"event":"tick","id":"7","retry":1500,"comment":"why"}
returned "{\"data\":{\"a\":1},\"event\":\"tick\",\"id\":\"7\",\"retry\":1500,\"comment\":\"why\"}"
returned "data"

--TEST--
Ten thousand events that live at once are all there, and all go
--FILE--
<?php
$before = memory_get_usage();
$events = [];
for ($i = 0; $i < 10_000; $i++) {
    $events[] = new SseEvent("data $i", 'e', $i);
}
var_dump(count($events), strlen(implode('', $events)) > 200_000, (string) $events[9999]);
$events = null;
$first = memory_get_usage() - $before;
for ($i = 0; $i < 10_000; $i++) {
    $events[] = new SseEvent("data $i", 'e', $i);
}
$events = null;
var_dump(memory_get_usage() - $before - $first);
?>
--EXPECT--
int(10000)
bool(true)
string(35) "id: 9999
event: e
data: data 9999

"
int(0)

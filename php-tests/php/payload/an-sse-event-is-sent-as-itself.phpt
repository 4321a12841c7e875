--TEST--
An SseEvent is the event it is, and arguments win over its fields
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$event = new SseEvent('own', 'type', 'id', 5, 'why');
observe(fn () => $sse->send($event));
observe(fn () => $sse->send($event, 'other'));
observe(fn () => $sse->send($event, id: 7));
observe(fn () => $sse->send($event, retry: 0));
observe(fn () => $sse->send($event, '', '', 0));
observe(fn () => $sse->sendMany([$event, $event]));
observe(fn () => Sse::encode($event));
observe(fn () => Sse::encode($event, 'other', 7, 9, 'because'));
observe(fn () => $sse->send(new SseEvent(['a' => 1])));
observe(fn () => $sse->send(new SseEvent()));
observe(fn () => $sse->send(new SseEvent(retry: 5)));
observe(fn () => $sse->send(new SseEvent(id: '')));
observe(fn () => $sse->send(new SseEvent(comment: 'only')));
observe(fn () => $sse->send(new SseEvent(event: 'dataless')));
observe(fn () => $sse->send(new SseEvent(new SseEvent('inner'))));
observe(fn () => $sse->close($event));
?>
--EXPECT--
wrote ": why\nid: id\nevent: type\nretry: 5\ndata: own\n\n", returned true
wrote ": why\nid: id\nevent: other\nretry: 5\ndata: own\n\n", returned true
wrote ": why\nid: 7\nevent: type\nretry: 5\ndata: own\n\n", returned true
wrote ": why\nid: id\nevent: type\nretry: 0\ndata: own\n\n", returned true
wrote ": why\nid: \nretry: 0\ndata: own\n\n", returned true
wrote ": why\nid: id\nevent: type\nretry: 5\ndata: own\n\n: why\nid: id\nevent: type\nretry: 5\ndata: own\n\n", returned true
returned ": why\nid: id\nevent: type\nretry: 5\ndata: own\n\n"
returned ": because\nid: 7\nevent: other\nretry: 9\ndata: own\n\n"
wrote "data: {\"a\":1}\n\n", returned true
returned true
wrote "retry: 5\n\n", returned true
wrote "id: \n\n", returned true
wrote ": only\n\n", returned true
wrote "event: dataless\n\n", returned true
wrote "data: data: inner\ndata: \ndata: \n\n", returned true
wrote ": why\nid: id\nevent: type\nretry: 5\ndata: own\n\n", returned null

--TEST--
Data that sends an event of its own while it is encoded comes after that
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Chatty implements JsonSerializable { function jsonSerialize(): mixed { Sse::current()->send('first'); return 'second'; } }
class Closing implements JsonSerializable { function jsonSerialize(): mixed { Sse::current()->close(); return 'too late'; } }
$sse = started();
observe(fn () => $sse->send(new Chatty()));
observe(fn () => $sse->sendMany([new Chatty(), 'third']));
observe(fn () => $sse->send(new Closing()));
observe(fn () => $sse->stopReason());
?>
--EXPECT--
wrote "data: first\n\ndata: \"second\"\n\n", returned true
wrote "data: first\n\ndata: \"second\"\n\ndata: third\n\n", returned true
returned false
returned SseStopReason::Closed

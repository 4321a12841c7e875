--TEST--
Parsers know nothing of each other, nor of a stream
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$one = new SseParser();
$other = new SseParser();
$one->feed("id: 1\ndata: a");
$other->feed("id: 2\ndata: b\n\n");
observe(fn () => json_encode($one->feed("\n\n")));
observe(fn () => $one->lastEventId());
observe(fn () => $other->lastEventId());
observe(fn () => Sse::current());
?>
--EXPECT--
returned "[{\"data\":\"a\",\"event\":null,\"id\":\"1\",\"retry\":null,\"comment\":null}]"
returned "1"
returned "2"
returned null

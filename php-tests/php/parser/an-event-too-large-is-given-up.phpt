--TEST--
An event beyond the limit is an SseException; what was complete before it is not lost
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$parser = new SseParser(maxEventSize: 20);
observe(fn () => json_encode($parser->feed("data: a\n\ndata: " . str_repeat('x', 30))));
observe(fn () => json_encode($parser->feed("more of it\n\ndata: b\n\n")));
observe(fn () => json_encode($parser->feed("data: c\n\n")));
observe(fn () => json_encode($parser->feed(str_repeat('x', 100))));
observe(fn () => json_encode($parser->feed("\n\ndata: d\n\n")));
observe(fn () => new SseParser(0));
observe(fn () => new SseParser(-1));
observe(fn () => new SseParser(PHP_INT_MAX));
observe(fn () => count((new SseParser(1))->feed("data:\n\n")));
?>
--EXPECT--
threw SseException: SseParser::feed(): an event of the stream is larger than 20 bytes
returned "[{\"data\":\"a\",\"event\":null,\"id\":null,\"retry\":null,\"comment\":null},{\"data\":\"b\",\"event\":null,\"id\":null,\"retry\":null,\"comment\":null}]"
returned "[{\"data\":\"c\",\"event\":null,\"id\":null,\"retry\":null,\"comment\":null}]"
returned "[]"
returned "[{\"data\":\"d\",\"event\":null,\"id\":null,\"retry\":null,\"comment\":null}]"
threw ValueError: SseParser::__construct(): Argument #1 ($maxEventSize) must be greater than 0
threw ValueError: SseParser::__construct(): Argument #1 ($maxEventSize) must be greater than 0
returned SseParser
threw SseException: SseParser::feed(): an event of the stream is larger than 1 bytes

--TEST--
reset() forgets an unfinished event, and keeps id and retry
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$parser = new SseParser();
observe(fn () => json_encode($parser->feed("id: 1\nretry: 7\ndata: a\n\nid: 2\ndata: unfinished")));
observe(fn () => $parser->reset());
observe(fn () => $parser->lastEventId());
observe(fn () => $parser->retry());
observe(fn () => json_encode($parser->feed("\u{FEFF}data: b\n\n")));
observe(fn () => (new SseParser())->lastEventId());
observe(fn () => (new SseParser())->retry());
?>
--EXPECT--
returned "[{\"data\":\"a\",\"event\":null,\"id\":\"1\",\"retry\":7,\"comment\":null}]"
returned null
returned "1"
returned 7
returned "[{\"data\":\"b\",\"event\":null,\"id\":null,\"retry\":null,\"comment\":null}]"
returned ""
returned null

--TEST--
Parsed events carry their own id, and the parser the one in force
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$parser = new SseParser();
$events = $parser->feed("id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nretry: 5\ndata: d\n\n");
foreach ($events as $event) {
    observe(fn () => get_object_vars($event));
}
observe(fn () => $parser->lastEventId());
observe(fn () => $parser->retry());
?>
--EXPECT--
returned {"data":"a","event":null,"id":"1","retry":null,"comment":null}
returned {"data":"b","event":null,"id":null,"retry":null,"comment":null}
returned {"data":"c","event":null,"id":"","retry":null,"comment":null}
returned {"data":"d","event":null,"id":null,"retry":5,"comment":null}
returned ""
returned 5

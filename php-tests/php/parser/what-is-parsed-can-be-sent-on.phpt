--TEST--
A parsed event can be sent on as it came
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$parser = new SseParser();
foreach ($parser->feed("id: 1\nevent: tick\nretry: 5\ndata: a\ndata: b\n\n:c\ndata\n\n") as $event) {
    observe(fn () => $sse->send($event));
}
observe(fn () => $sse->sendMany($parser->feed("data: x\n\ndata: y\n\n")));
observe(fn () => Sse::encode($parser->feed("data: x\n\n")[0]));
?>
--EXPECT--
wrote "id: 1\nevent: tick\nretry: 5\ndata: a\ndata: b\n\n", returned true
wrote "data: \n\n", returned true
wrote "data: x\n\ndata: y\n\n", returned true
returned "data: x\n\n"

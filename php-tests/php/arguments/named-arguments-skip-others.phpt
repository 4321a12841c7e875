--TEST--
Arguments can be given by name, in any order, and skipped
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->send('x', id: 3));
observe(fn () => $sse->send(retry: 5, data: 'x'));
observe(fn () => $sse->send(...['event' => 'tick', 'data' => 'x']));
observe(fn () => $sse->close(event: 'bye'));
observe(fn () => Sse::start(retry: 7));
observe(fn () => Sse::current()->close(data: 'x'));
observe(fn () => Sse::stream(['x'], event: 'tick'));
observe(fn () => Sse::stream(source: ['x'], retry: 7));
observe(fn () => Sse::encode('x', comment: 'why'));
observe(fn () => (string) new SseEvent(comment: 'why'));
observe(fn () => (string) new SseEvent(id: 'a', data: 'x'));
observe(fn () => (new SseParser(maxEventSize: 1))->feed(chunk: ''));
?>
--EXPECT--
wrote "id: 3\ndata: x\n\n", returned true
wrote "retry: 5\ndata: x\n\n", returned true
wrote "event: tick\ndata: x\n\n", returned true
wrote "event: bye\ndata: \n\n", returned null
wrote ":\nretry: 7\n", returned Sse
wrote "data: x\n\n", returned null
wrote ":\nevent: tick\ndata: x\n\n", returned true
wrote ":\nretry: 7\ndata: x\n\n", returned true
returned ": why\ndata: x\n\n"
returned ": why\n\n"
returned "id: a\ndata: x\n\n"
returned []

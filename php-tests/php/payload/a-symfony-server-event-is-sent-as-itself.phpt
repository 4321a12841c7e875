--TEST--
Symfony's ServerEvent is the event it is, and arguments win over its fields
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

require __DIR__ . '/../../support/frameworks.inc';

use Symfony\Component\HttpFoundation\ServerEvent;

class OwnEvent extends ServerEvent {}
class Text { function __toString(): string { return 'text'; } }
$sse = started();
observe(fn () => $sse->send(new ServerEvent('x')));
observe(fn () => $sse->send(new ServerEvent("a\nb", 'type', 5, 'id', 'why')));
observe(fn () => $sse->send(new ServerEvent('x', 'type', 5, 'id', 'why'), 'other', 7, 9));
observe(fn () => $sse->send(new OwnEvent('x', 'type')));
observe(fn () => $sse->send(new ServerEvent('')));
observe(fn () => $sse->send(new ServerEvent(['a', 'b'])));
observe(fn () => $sse->send(new ServerEvent([])));
observe(fn () => $sse->send(new ServerEvent(['a', 1, 1.5, new Text()])));
observe(fn () => $sse->send(new ServerEvent((function () { yield 'a'; yield "b\nc"; })())));
observe(fn () => $sse->sendMany([new ServerEvent('x', 'type'), new ServerEvent('y')]));
observe(fn () => Sse::encode(new ServerEvent('x', 'type')));
observe(fn () => (string) new SseEvent('x', 'type'));
$sse->close();
observe(fn () => Sse::stream([new ServerEvent('x', 'type'), new ServerEvent('y')], event: 'default'));
observe(fn () => Sse::stream(function (Sse $sse) { $sse->close(); return new ServerEvent('x'); }));
observe(fn () => Sse::stream(function () { yield new ServerEvent('x'); }));
?>
--EXPECT--
wrote "data: x\n\n", returned true
wrote ": why\nid: id\nevent: type\nretry: 5\ndata: a\ndata: b\n\n", returned true
wrote ": why\nid: 7\nevent: other\nretry: 9\ndata: x\n\n", returned true
wrote "event: type\ndata: x\n\n", returned true
wrote "data: \n\n", returned true
wrote "data: a\ndata: b\n\n", returned true
wrote "data: \n\n", returned true
wrote "data: a\ndata: 1\ndata: 1.5\ndata: text\n\n", returned true
wrote "data: a\ndata: b\ndata: c\n\n", returned true
wrote "event: type\ndata: x\n\ndata: y\n\n", returned true
returned "event: type\ndata: x\n\n"
returned "event: type\ndata: x\n\n"
wrote ":\nevent: type\ndata: x\n\nevent: default\ndata: y\n\n", returned true
wrote ":\nevent\n", returned true
wrote ":\ndata: x\n\n", returned true

--TEST--
With changes, a value that makes the same event as the last one is not sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';
require __DIR__ . '/../../support/frameworks.inc';

use Illuminate\Http\StreamedEvent;
use Symfony\Component\HttpFoundation\ServerEvent;

$values = ['a', 'a', 'b', 'a', ['n' => 1], ['n' => 1], '{"n":1}', (object) ['n' => 1], ['n' => 2], 1, '1', 1.0, 0, '', '', null, false, ''];
observe(fn () => Sse::stream($values));
observe(fn () => Sse::stream($values, changes: true));
observe(fn () => Sse::stream(new ArrayIterator(['a', 'a', 'b']), event: 'tick', changes: true));
observe(fn () => Sse::stream((function () { yield 'a'; Sse::current()->send('a'); yield 'a'; yield 'b'; })(), changes: true));
observe(fn () => Sse::stream(function (Sse $sse) { static $call = 0; return [1, 1, false, 1, 2, 2][$call++] ?? $sse->close('end'); }, 0, changes: true));
observe(fn () => Sse::stream(fn () => (function () { yield 'x'; yield 'x'; yield 'y'; })(), changes: true));
observe(fn () => Sse::stream([
    new SseEvent('a'), 'a', new SseEvent('a', 'type'), new SseEvent('a', 'type'), new SseEvent('a', 'type', 1), new SseEvent('a', 'type', '1'),
    new SseEvent('a', 'type', 2), new SseEvent('a', null, 2, 5), new SseEvent('a', '', 2, 5), new SseEvent('a', null, 2, 5, 'note'), new SseEvent(), new SseEvent('a', null, 2, 5, 'note'),
], changes: true));
observe(fn () => Sse::stream([
    new ServerEvent('a', 'type', 5, '1', 'note'), new ServerEvent(['a'], 'type', 5, '1', 'note'), new SseEvent('a', 'type', 1, 5, 'note'), new ServerEvent(['a', 'b']), new ServerEvent("a\nb"), "a\r\nb",
], changes: true));
observe(fn () => Sse::stream([new StreamedEvent('update', ['n' => 1]), new StreamedEvent('update', ['n' => 1]), new SseEvent('{"n":1}', 'update'), new StreamedEvent('update', ['n' => 2])], changes: true));
observe(fn () => Sse::stream(['a', 'a'], changes: false));
observe(fn () => Sse::stream(['a', 'a', INF, 'a'], changes: true));
observe(fn () => Sse::stream(['a', 'a'], changes: true));
observe(fn () => Sse::stream(['a', 'a'], changes: 1));
observe(fn () => Sse::stream(['a', 'a'], changes: []));
?>
--EXPECT--
wrote ":\ndata: a\n\ndata: a\n\ndata: b\n\ndata: a\n\ndata: {\"n\":1}\n\ndata: {\"n\":1}\n\ndata: {\"n\":1}\n\ndata: {\"n\":1}\n\ndata: {\"n\":2}\n\ndata: 1\n\ndata: 1\n\ndata: 1\n\ndata: 0\n\ndata: \n\ndata: \n\ndata: \n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\ndata: a\n\ndata: {\"n\":1}\n\ndata: {\"n\":2}\n\ndata: 1\n\ndata: 0\n\ndata: \n\n", returned true
wrote ":\nevent: tick\ndata: a\n\nevent: tick\ndata: b\n\n", returned true
wrote ":\ndata: a\n\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: 1\n\ndata: 2\n\ndata: end\n\n", returned true
wrote ":\ndata: x\n\ndata: y\n\n", returned true
wrote ":\ndata: a\n\nevent: type\ndata: a\n\nid: 1\nevent: type\ndata: a\n\nid: 2\nevent: type\ndata: a\n\nid: 2\nretry: 5\ndata: a\n\n: note\nid: 2\nretry: 5\ndata: a\n\n", returned true
wrote ":\n: note\nid: 1\nevent: type\nretry: 5\ndata: a\n\ndata: a\ndata: b\n\n", returned true
wrote ":\nevent: update\ndata: {\"n\":1}\n\nevent: update\ndata: {\"n\":2}\n\n", returned true
wrote ":\ndata: a\n\ndata: a\n\n", returned true
wrote ":\ndata: a\n\n", threw JsonException: Inf and NaN cannot be JSON encoded
wrote ":\ndata: a\n\n", returned true
wrote ":\ndata: a\n\n", returned true
threw TypeError: Sse::stream(): Argument #14 ($changes) must be of type bool, array given

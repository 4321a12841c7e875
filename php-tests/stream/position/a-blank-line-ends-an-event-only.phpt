--TEST--
A blank line stands at the end of an event only, and of what the script sends as one
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->comment('c') && $sse->send('x'));
observe(fn () => $sse->retry(5) && $sse->send('x'));
observe(function () use ($sse) { echo "data: theirs\n"; $sse->comment('c'); $sse->retry(5); return $sse->send('x'); });
observe(function () use ($sse) { echo "id: 5\n"; return $sse->send('x'); });
observe(function () use ($sse) { echo ": half a comment"; return $sse->send('x'); });
observe(function () use ($sse) { echo "re"; echo "try: 7\n"; return $sse->send('x'); });
observe(function () use ($sse) { echo "data: x\n\n", str_repeat(": c\n", 1000); return $sse->send('x'); }, );
observe(fn () => $sse->send(new SseEvent(id: 9)));
observe(fn () => $sse->send(new SseEvent(retry: 5)));
observe(fn () => $sse->send(new SseEvent(comment: 'c')));
observe(fn () => $sse->sendMany([new SseEvent(id: 9), 'x']));
observe(fn () => (string) new SseEvent(retry: 5));
?>
--EXPECTF--
wrote ": c\ndata: x\n\n", returned true
wrote "retry: 5\ndata: x\n\n", returned true
wrote "data: theirs\n: c\nretry: 5\n\ndata: x\n\n", returned true
wrote "id: 5\n\ndata: x\n\n", returned true
wrote ": half a comment\ndata: x\n\n", returned true
wrote "retry: 7\ndata: x\n\n", returned true
wrote "data: x\n\n: c\n%s: c\ndata: x\n\n", returned true
wrote "id: 9\n\n", returned true
wrote "retry: 5\n\n", returned true
wrote ": c\n\n", returned true
wrote "id: 9\n\ndata: x\n\n", returned true
returned "retry: 5\n\n"

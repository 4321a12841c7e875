--TEST--
What a script echoes is ended before a frame, so that nothing becomes part of it
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach (['data: a', "data: a\n", "data: a\n\n", "data: a\r", "data: a\r\n", "data: a\r\n\r\n", "\n", "\n\n", "\r\n", 'x', '', ": comment\n", "data: a\n\r\n", "data: a\r\r\n"] as $echoed) {
    observe(function () use ($sse, $echoed) {
        echo $echoed;
        return $sse->send('x');
    });
}
observe(function () use ($sse) { echo 'data: a'; $sse->comment('c'); });
observe(function () use ($sse) { echo "data: a\n"; $sse->comment('c'); });
observe(function () use ($sse) { echo 'data: a'; $sse->retry(5); $sse->sendMany(['b', 'c']); echo "data: d\n\n"; });
observe(function () use ($sse) { $sse->comment('c'); echo "data: a\n\n"; });
?>
--EXPECT--
wrote "data: a\n\ndata: x\n\n", returned true
wrote "data: a\n\ndata: x\n\n", returned true
wrote "data: a\n\ndata: x\n\n", returned true
wrote "data: a\r\n\ndata: x\n\n", returned true
wrote "data: a\r\n\ndata: x\n\n", returned true
wrote "data: a\r\n\r\ndata: x\n\n", returned true
wrote "\ndata: x\n\n", returned true
wrote "\n\ndata: x\n\n", returned true
wrote "\r\ndata: x\n\n", returned true
wrote "x\n\ndata: x\n\n", returned true
wrote "data: x\n\n", returned true
wrote ": comment\ndata: x\n\n", returned true
wrote "data: a\n\r\ndata: x\n\n", returned true
wrote "data: a\r\r\ndata: x\n\n", returned true
wrote "data: a\n: c\n", returned null
wrote "data: a\n: c\n", returned null
wrote "data: a\nretry: 5\n\ndata: b\n\ndata: c\n\ndata: d\n\n", returned null
wrote ": c\ndata: a\n\n", returned null

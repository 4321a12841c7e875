--TEST--
A reconnection time is 0 or more milliseconds, else a ValueError
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach ([0, 1, 1500, PHP_INT_MAX, -1, PHP_INT_MIN] as $retry) {
    echo "$retry\n";
    observe(fn () => $sse->send('x', retry: $retry));
    observe(fn () => $sse->retry($retry));
    observe(fn () => Sse::encode('x', retry: $retry));
    observe(fn () => new SseEvent('x', retry: $retry));
}
observe(fn () => $sse->send('still open'));
$sse->close();
observe(fn () => Sse::start(retry: -1));
observe(fn () => Sse::stream([], retry: -1));
?>
--EXPECT--
0
wrote "retry: 0\ndata: x\n\n", returned true
wrote "retry: 0\n", returned true
returned "retry: 0\ndata: x\n\n"
returned SseEvent
1
wrote "retry: 1\ndata: x\n\n", returned true
wrote "retry: 1\n", returned true
returned "retry: 1\ndata: x\n\n"
returned SseEvent
1500
wrote "retry: 1500\ndata: x\n\n", returned true
wrote "retry: 1500\n", returned true
returned "retry: 1500\ndata: x\n\n"
returned SseEvent
9223372036854775807
wrote "retry: 9223372036854775807\ndata: x\n\n", returned true
wrote "retry: 9223372036854775807\n", returned true
returned "retry: 9223372036854775807\ndata: x\n\n"
returned SseEvent
-1
threw ValueError: Sse::send(): Argument #4 ($retry) must be greater than or equal to 0
threw ValueError: Sse::retry(): Argument #1 ($milliseconds) must be greater than or equal to 0
threw ValueError: Sse::encode(): Argument #4 ($retry) must be greater than or equal to 0
threw ValueError: SseEvent::__construct(): Argument #4 ($retry) must be greater than or equal to 0
-9223372036854775808
threw ValueError: Sse::send(): Argument #4 ($retry) must be greater than or equal to 0
threw ValueError: Sse::retry(): Argument #1 ($milliseconds) must be greater than or equal to 0
threw ValueError: Sse::encode(): Argument #4 ($retry) must be greater than or equal to 0
threw ValueError: SseEvent::__construct(): Argument #4 ($retry) must be greater than or equal to 0
wrote "data: still open\n\n", returned true
threw ValueError: Sse::start(): Argument #2 ($retry) must be greater than or equal to 0
threw ValueError: Sse::stream(): Argument #5 ($retry) must be greater than or equal to 0

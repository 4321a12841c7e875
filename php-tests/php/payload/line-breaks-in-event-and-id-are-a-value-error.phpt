--TEST--
CR, LF, NUL and invalid UTF-8 in event and id are a ValueError with number and name, and nothing is sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach (["a\nb", "a\rb", "\n", "a\0b", "\0", "a\xff"] as $bad) {
    echo quoted($bad), "\n";
    observe(fn () => $sse->send('x', $bad));
    observe(fn () => $sse->send('x', null, $bad));
    observe(fn () => $sse->close('x', $bad));
    observe(fn () => Sse::encode('x', $bad));
    observe(fn () => Sse::encode('x', null, $bad));
    observe(fn () => new SseEvent('x', $bad));
    observe(fn () => new SseEvent('x', null, $bad));
}
observe(fn () => $sse->send('still open'));
$sse->close();
observe(fn () => Sse::stream(['x'], event: "a\nb"));
?>
--EXPECT--
"a\nb"
threw ValueError: Sse::send(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::send(): Argument #3 ($id) must not contain line breaks
threw ValueError: Sse::close(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::encode(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::encode(): Argument #3 ($id) must not contain line breaks
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not contain line breaks
threw ValueError: SseEvent::__construct(): Argument #3 ($id) must not contain line breaks
"a\rb"
threw ValueError: Sse::send(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::send(): Argument #3 ($id) must not contain line breaks
threw ValueError: Sse::close(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::encode(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::encode(): Argument #3 ($id) must not contain line breaks
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not contain line breaks
threw ValueError: SseEvent::__construct(): Argument #3 ($id) must not contain line breaks
"\n"
threw ValueError: Sse::send(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::send(): Argument #3 ($id) must not contain line breaks
threw ValueError: Sse::close(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::encode(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::encode(): Argument #3 ($id) must not contain line breaks
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not contain line breaks
threw ValueError: SseEvent::__construct(): Argument #3 ($id) must not contain line breaks
"a\000b"
threw ValueError: Sse::send(): Argument #2 ($event) must not contain any null bytes
threw ValueError: Sse::send(): Argument #3 ($id) must not contain any null bytes
threw ValueError: Sse::close(): Argument #2 ($event) must not contain any null bytes
threw ValueError: Sse::encode(): Argument #2 ($event) must not contain any null bytes
threw ValueError: Sse::encode(): Argument #3 ($id) must not contain any null bytes
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not contain any null bytes
threw ValueError: SseEvent::__construct(): Argument #3 ($id) must not contain any null bytes
"\000"
threw ValueError: Sse::send(): Argument #2 ($event) must not contain any null bytes
threw ValueError: Sse::send(): Argument #3 ($id) must not contain any null bytes
threw ValueError: Sse::close(): Argument #2 ($event) must not contain any null bytes
threw ValueError: Sse::encode(): Argument #2 ($event) must not contain any null bytes
threw ValueError: Sse::encode(): Argument #3 ($id) must not contain any null bytes
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not contain any null bytes
threw ValueError: SseEvent::__construct(): Argument #3 ($id) must not contain any null bytes
"a\377"
threw ValueError: Sse::send(): Argument #2 ($event) must be valid UTF-8
threw ValueError: Sse::send(): Argument #3 ($id) must be valid UTF-8
threw ValueError: Sse::close(): Argument #2 ($event) must be valid UTF-8
threw ValueError: Sse::encode(): Argument #2 ($event) must be valid UTF-8
threw ValueError: Sse::encode(): Argument #3 ($id) must be valid UTF-8
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must be valid UTF-8
threw ValueError: SseEvent::__construct(): Argument #3 ($id) must be valid UTF-8
wrote "data: still open\n\n", returned true
threw ValueError: Sse::stream(): Argument #3 ($event) must not contain line breaks

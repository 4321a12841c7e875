--TEST--
An SseEvent as a string is the event as it stands in an event stream
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach ([
    new SseEvent(),
    new SseEvent('x'),
    new SseEvent("a\r\nb\n", 'tick', 7, 0, "why\nnot"),
    new SseEvent([1, 'é/']),
    new SseEvent(''),
    new SseEvent(event: 'tick'),
    new SseEvent(event: '', id: '', comment: ''),
    new SseEvent(false),
    new SseEvent(0),
] as $event) {
    show($event);
    observe(fn () => Sse::encode($event) === (string) $event);
}
?>
--EXPECT--
""
returned true
"data: x\n\n"
returned true
": why\n: not\nid: 7\nevent: tick\nretry: 0\ndata: a\ndata: b\ndata: \n\n"
returned true
"data: [1,\"é/\"]\n\n"
returned true
"data: \n\n"
returned true
"event: tick\n\n"
returned true
":\nid: \n\n"
returned true
"data: false\n\n"
returned true
"data: 0\n\n"
returned true

--TEST--
encode() gives the bytes of one event, and opens nothing
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::encode('x'));
observe(fn () => Sse::encode("a\nb", 'tick', 7, 1500, "why\nnot"));
observe(fn () => Sse::encode(null));
observe(fn () => Sse::encode(['a' => 'é/']));
observe(fn () => Sse::encode('', '', '', 0, ''));
observe(fn () => Sse::encode('x', id: '7'));
observe(fn () => Sse::current());
observe(fn () => Sse::encode(Sse::encode('x')));
?>
--EXPECT--
returned "data: x\n\n"
returned ": why\n: not\nid: 7\nevent: tick\nretry: 1500\ndata: a\ndata: b\n\n"
returned "data: null\n\n"
returned "data: {\"a\":\"é/\"}\n\n"
returned ":\nid: \nretry: 0\ndata: \n\n"
returned "id: 7\ndata: x\n\n"
returned null
returned "data: data: x\ndata: \ndata: \n\n"

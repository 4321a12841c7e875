--TEST--
What a callable returns is walked if it is a generator or another Traversable
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function generated() { yield 'a'; yield 'b'; }
class Prices implements IteratorAggregate { function getIterator(): Iterator { yield 'p'; yield 'q'; } }
observe(fn () => Sse::stream(generated(...)));
observe(fn () => Sse::stream('generated'));
observe(fn () => Sse::stream(fn () => generated()));
observe(fn () => Sse::stream(function () { yield from generated(); yield 'c'; }));
observe(fn () => Sse::stream(fn () => new ArrayIterator(['a', 'b'])));
observe(fn () => Sse::stream(fn () => new Prices()));
observe(fn () => Sse::stream(new Prices()));
observe(fn () => Sse::stream(function (Sse $sse) { static $n = 0; return $n++ ? $sse->close() : ['an', 'array']; }, 0));
?>
--EXPECT--
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\ndata: c\n\n", returned true
wrote ":\ndata: a\n\ndata: b\n\n", returned true
wrote ":\ndata: p\n\ndata: q\n\n", returned true
wrote ":\ndata: p\n\ndata: q\n\n", returned true
wrote ":\ndata: [\"an\",\"array\"]\n\n", returned true

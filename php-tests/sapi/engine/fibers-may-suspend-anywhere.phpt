--TEST--
A Fiber may be suspended in every callback, and the stream be used meanwhile
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Json implements JsonSerializable { function jsonSerialize(): mixed { return Fiber::suspend('in jsonSerialize'); } }
class Text { function __toString(): string { return Fiber::suspend('in __toString'); } }
function values() { yield 'a'; yield Fiber::suspend('in a generator'); }
function fiber(callable $body): void
{
    $fiber = new Fiber($body);
    observe(fn () => $fiber->start());
    for ($turn = 1; !$fiber->isTerminated(); $turn++) {
        observe(fn () => Sse::current()?->send('sent meanwhile'));
        observe(fn () => $fiber->resume("resumed $turn"));
    }
}
fiber(fn () => Sse::stream(fn (Sse $sse) => $sse->close(Fiber::suspend('in a source'))));
fiber(fn () => Sse::stream(values()));
fiber(fn () => Sse::stream([new Json()]));
started();
fiber(fn () => Sse::current()->send(new Json(), new Text(), new Text()));
fiber(fn () => Sse::current()->sendMany(values()));
fiber(fn () => Sse::current()->onClose(fn () => Fiber::suspend('in a callback'))->onClose(fn () => print('[2]'))->close('bye'));
fiber(fn () => Sse::encode(new Json()));
?>
--EXPECT--
wrote ":\n", returned "in a source"
wrote "data: sent meanwhile\n\n", returned true
wrote "data: resumed 1\n\n", returned null
wrote ":\ndata: a\n\n", returned "in a generator"
wrote "data: sent meanwhile\n\n", returned true
wrote "data: resumed 1\n\n", returned null
wrote ":\n", returned "in jsonSerialize"
wrote "data: sent meanwhile\n\n", returned true
wrote "data: \"resumed 1\"\n\n", returned null
returned "in __toString"
wrote "data: sent meanwhile\n\n", returned true
returned "in __toString"
wrote "data: sent meanwhile\n\n", returned true
returned "in jsonSerialize"
wrote "data: sent meanwhile\n\n", returned true
wrote "id: resumed 2\nevent: resumed 1\ndata: \"resumed 3\"\n\n", returned null
returned "in a generator"
wrote "data: sent meanwhile\n\n", returned true
wrote "data: a\n\ndata: resumed 1\n\n", returned null
wrote "data: bye\n\n", returned "in a callback"
wrote "[2]", returned false
returned null
returned "in jsonSerialize"
returned false
returned null

--TEST--
What an iterator throws surfaces unchanged, after the stream was closed
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Loud implements Iterator
{
    private int $position = 0;

    function __construct(private string $throwsIn, private int $throwsAt) {}
    private function say(string $method): void { echo "[$method]"; if ($method === $this->throwsIn && $this->position >= $this->throwsAt) throw new LogicException("thrown in $method"); }
    function rewind(): void { Sse::current()->onClose(fn ($reason) => print("[closed: $reason->name]")); $this->position = 0; $this->say('rewind'); }
    function valid(): bool { $this->say('valid'); return $this->position < 2; }
    function current(): mixed { $this->say('current'); return $this->position; }
    function key(): mixed { $this->say('key'); return $this->position; }
    function next(): void { $this->position++; $this->say('next'); }
}
foreach (['never', 'rewind', 'valid', 'current', 'key', 'next'] as $throwsIn) {
    observe(fn () => Sse::stream(new Loud($throwsIn, 0)));
    observe(fn () => Sse::stream(new Loud($throwsIn, 1)));
}
class Aggregate implements IteratorAggregate { function getIterator(): Iterator { throw new LogicException('thrown in getIterator'); } }
observe(fn () => Sse::stream(new Aggregate()));
?>
--EXPECT--
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][valid][current]\n\ndata: 1\n\n[next][valid][closed: Closed]", returned true
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][valid][current]\n\ndata: 1\n\n[next][valid][closed: Closed]", returned true
wrote ":\n[rewind][closed: Closed]", threw LogicException: thrown in rewind
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][valid][current]\n\ndata: 1\n\n[next][valid][closed: Closed]", returned true
wrote ":\n[rewind][valid][closed: Closed]", threw LogicException: thrown in valid
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][valid][closed: Closed]", threw LogicException: thrown in valid
wrote ":\n[rewind][valid][current][closed: Closed]", threw LogicException: thrown in current
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][valid][current][closed: Closed]", threw LogicException: thrown in current
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][valid][current]\n\ndata: 1\n\n[next][valid][closed: Closed]", returned true
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][valid][current]\n\ndata: 1\n\n[next][valid][closed: Closed]", returned true
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][closed: Closed]", threw LogicException: thrown in next
wrote ":\n[rewind][valid][current]\n\ndata: 0\n\n[next][closed: Closed]", threw LogicException: thrown in next
wrote ":\nevent\n", threw LogicException: thrown in getIterator

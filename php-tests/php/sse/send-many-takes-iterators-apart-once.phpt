--TEST--
sendMany() asks an iterator for its values once, and lets go of it
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Loud implements Iterator
{
    private int $position = 0;

    function __construct(private string $throwsIn = '') {}
    function __destruct() { echo '[destroyed]'; }
    private function say(string $method): void { echo "[$method]"; if ($method === $this->throwsIn) throw new LogicException("thrown in $method"); }
    function rewind(): void { $this->say('rewind'); $this->position = 0; }
    function valid(): bool { $this->say('valid'); return $this->position < 2; }
    function current(): mixed { $this->say('current'); return $this->position; }
    function key(): mixed { $this->say('key'); return $this->position; }
    function next(): void { $this->say('next'); $this->position++; }
}
$sse = started();
foreach (['', 'rewind', 'valid', 'current', 'next'] as $throwsIn) {
    observe(fn () => $sse->sendMany(new Loud($throwsIn)));
}
?>
--EXPECT--
wrote "[rewind][valid][current][next][valid][current][next][valid]\n\ndata: 0\n\ndata: 1\n\n[destroyed]", returned true
wrote "[rewind]", threw LogicException: thrown in rewind
[destroyed]wrote "[rewind][valid]", threw LogicException: thrown in valid
[destroyed]wrote "[rewind][valid][current]", threw LogicException: thrown in current
[destroyed]wrote "[rewind][valid][current][next]", threw LogicException: thrown in next
[destroyed]

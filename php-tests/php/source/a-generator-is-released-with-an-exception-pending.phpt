--TEST--
A generator that is released while an exception is on its way runs its finally block, and nothing breaks
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Failing implements IteratorAggregate { function getIterator(): Iterator { try { yield INF; } finally { echo '[finally]'; } } }
foreach ([fn () => Sse::stream(new Failing()), fn () => Sse::stream(fn () => (new Failing())->getIterator()), fn () => Sse::start()->sendMany(new Failing())] as $call) {
    observe(function () use ($call) {
        max(...array_fill(0, 200, 1)); // leaves ints where the frames of the calls below will be
        max(0, 0, 0, $call());
    });
    Sse::current()->close();
}
try {
    ob_start();
    max(...array_fill(0, 200, 1));
    max(0, 0, 0, Sse::stream(new Failing()));
} catch (JsonException $exception) {
    show(ob_get_clean());
}
?>
--EXPECT--
wrote ":\n[finally]", threw JsonException: Inf and NaN cannot be JSON encoded
wrote ":\n[finally]", threw JsonException: Inf and NaN cannot be JSON encoded
wrote ":\n[finally]", threw JsonException: Inf and NaN cannot be JSON encoded
":\n[finally]"

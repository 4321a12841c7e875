--TEST--
What a source throws surfaces with its own trace, after the stream was closed
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function failing(Sse $sse) { $sse->onClose(fn ($reason) => print("[closed: $reason->name]")); throw new LogicException('thrown', 7, new RuntimeException('previous')); }
observe(fn () => Sse::stream('failing'));
observe(fn () => Sse::current()->isOpen());
try {
    ob_start();
    Sse::stream('failing');
} catch (LogicException $exception) {
    ob_end_clean();
    $trace = $exception->getTrace();
    echo $exception->getCode(), ' ', $exception->getPrevious()->getMessage(), ' line ', $exception->getLine(), ' ', $trace[0]['function'], ' ', $trace[1]['class'], '::', $trace[1]['function'], "\n";
}
observe(fn () => Sse::stream((function () { yield 'a'; throw new LogicException('thrown'); })()));
observe(fn () => Sse::stream(['a', INF, 'b']));
observe(fn () => Sse::stream(['a', fn () => 1]));
observe(fn () => Sse::stream(fn () => INF));
function typed(int $number) {}
function greedy($sse, $missing) {}
observe(fn () => Sse::stream('typed'));
observe(fn () => Sse::stream('greedy'));
observe(fn () => Sse::stream(fn () => no_such_function()));
?>
--EXPECT--
wrote ":\n[closed: Closed]", threw LogicException: thrown
returned false
7 previous line 4 failing Sse::stream
wrote ":\ndata: a\n\n", threw LogicException: thrown
wrote ":\ndata: a\n\n", threw JsonException: Inf and NaN cannot be JSON encoded
wrote ":\ndata: a\n\n", threw TypeError: Sse::stream(): Argument #1 ($source) must be data that has a JSON form, Closure given
wrote ":\nevent\n", threw JsonException: Inf and NaN cannot be JSON encoded
wrote ":\nevent\n", threw TypeError: typed(): Argument #1 ($number) must be of type int, Sse given
wrote ":\nevent\n", threw ArgumentCountError: Too few arguments to function greedy(), 1 passed and exactly 2 expected
wrote ":\nevent\n", threw Error: Call to undefined function no_such_function()

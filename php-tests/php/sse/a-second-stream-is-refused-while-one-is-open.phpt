--TEST--
A second stream is an SseException that names where the first was started
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

ob_start();
$sse = Sse::start();
ob_end_clean();
function here(callable $call): void
{
    observe(function () use ($call) {
        try {
            $call();
        } catch (SseException $exception) {
            echo str_replace(__FILE__, '(this file)', $exception->getMessage());
        }
    });
}
here(fn () => Sse::start());
here(fn () => Sse::stream(['x']));
observe(fn () => Sse::current() === $sse);
observe(fn () => $sse->send('still open'));
$sse->close();
observe(fn () => Sse::start() !== $sse);
observe(fn () => $sse->send('closed for good'));
observe(fn () => Sse::current()->send('open'));
?>
--EXPECT--
wrote "Sse::start(): a stream is open already, started in (this file) on line 5", returned null
wrote "Sse::stream(): a stream is open already, started in (this file) on line 5", returned null
returned true
wrote "data: still open\n\n", returned true
wrote ":\n", returned true
returned false
wrote "data: open\n\n", returned true

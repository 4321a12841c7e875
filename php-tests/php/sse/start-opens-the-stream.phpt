--TEST--
start() opens the stream and returns its object
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::current());
observe(fn () => Sse::start());
observe(fn () => Sse::current());
observe(fn () => Sse::current() === Sse::current());
observe(fn () => Sse::current()->isOpen());
observe(fn () => Sse::current()->stopReason());
observe(fn () => Sse::current()->lastEventId);
observe(fn () => var_export(Sse::current(), true) !== '');
?>
--EXPECT--
returned null
wrote ":\n", returned Sse
returned Sse
returned true
returned true
returned null
returned null
returned true

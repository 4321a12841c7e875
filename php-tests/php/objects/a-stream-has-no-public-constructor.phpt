--TEST--
A stream comes from Sse::start() only
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => new Sse());
observe(fn () => (new ReflectionClass('Sse'))->newInstance());
observe(fn () => (new ReflectionClass('Sse'))->newInstanceWithoutConstructor());
observe(fn () => (new ReflectionMethod('Sse', '__construct'))->invoke(Sse::start()));
observe(fn () => Sse::current()->__construct());
?>
--EXPECT--
threw Error: Call to private Sse::__construct() from global scope
threw ReflectionException: Access to non-public constructor of class Sse
threw ReflectionException: Class Sse is an internal class marked as final that cannot be instantiated without invoking its constructor
wrote ":\n", threw SseException: Sse objects come from Sse::start()
threw Error: Call to private method Sse::__construct() from global scope

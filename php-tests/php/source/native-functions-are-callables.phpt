--TEST--
Native functions can be sources, also those that take no argument
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::stream('pi', 3600, maxLifetime: 0.2));
observe(fn () => Sse::stream(pi(...), 3600, maxLifetime: 0.2));
observe(fn () => Sse::stream('strlen'));
observe(fn () => Sse::stream('is_object', 3600, maxLifetime: 0.2));
observe(fn () => Sse::stream('compact'));
observe(fn () => Sse::stream((new ArrayIterator(['a', 'b']))->current(...), 3600, maxLifetime: 0.2));
?>
--EXPECT--
wrote ":\ndata: 3.141592653589793\n\n", returned false
wrote ":\ndata: 3.141592653589793\n\n", returned false
wrote ":\nevent\n", threw TypeError: strlen(): Argument #1 ($string) must be of type string, Sse given
wrote ":\ndata: true\n\n", returned false
wrote ":\nevent\n", threw Error: Cannot call compact() dynamically
wrote ":\ndata: a\n\n", returned false

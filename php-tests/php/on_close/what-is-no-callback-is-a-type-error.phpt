--TEST--
What cannot be called is a TypeError in the engine's words
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Callbacks { private function secret() {} function method() {} }
$sse = started();
foreach ([null, 5, 'no_such_function', 'Callbacks::nope', ['Callbacks', 'method'], [new Callbacks(), 'secret'], [new Callbacks()], new stdClass(), ['NoSuchClass', 'method']] as $callback) {
    observe(fn () => $sse->onClose($callback));
}
observe(fn () => $sse->close());
?>
--EXPECT--
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, no array or string given
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, no array or string given
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, function "no_such_function" not found or invalid function name
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, class Callbacks does not have a method "nope"
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, non-static method Callbacks::method() cannot be called statically
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, cannot access private method Callbacks::secret()
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, array callback must have exactly two members
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, no array or string given
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, class "NoSuchClass" not found
returned null

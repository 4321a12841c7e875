--TEST--
With strict_types, null is a TypeError where it is not the default
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->sendMany(null));
observe(fn () => $sse->comment(null));
observe(fn () => $sse->retry(null));
observe(fn () => $sse->wait(null));
observe(fn () => $sse->onClose(null));
observe(fn () => Sse::stream(null));
observe(fn () => Sse::stream([], null));
observe(fn () => Sse::stream([], headers: null));
observe(fn () => Sse::stream([], changes: null));
observe(fn () => Sse::start(headers: null));
observe(fn () => Sse::headers(null, null));
observe(fn () => new SseParser(null));
observe(fn () => (new SseParser())->feed(null));
?>
--EXPECT--
threw TypeError: Sse::sendMany(): Argument #1 ($events) must be of type Traversable|array, null given
threw TypeError: Sse::comment(): Argument #1 ($text) must be of type string, null given
threw TypeError: Sse::retry(): Argument #1 ($milliseconds) must be of type int, null given
threw TypeError: Sse::wait(): Argument #1 ($seconds) must be of type float, null given
threw TypeError: Sse::onClose(): Argument #1 ($callback) must be a valid callback, no array or string given
threw TypeError: Sse::stream(): Argument #1 ($source) must be of type Traversable|callable|array, null given
threw TypeError: Sse::stream(): Argument #2 ($interval) must be of type float, null given
threw TypeError: Sse::stream(): Argument #8 ($headers) must be of type array, null given
threw TypeError: Sse::stream(): Argument #14 ($changes) must be of type bool, null given
threw TypeError: Sse::start(): Argument #5 ($headers) must be of type array, null given
threw TypeError: Sse::headers(): Argument #2 ($headers) must be of type array, null given
threw TypeError: SseParser::__construct(): Argument #1 ($maxEventSize) must be of type int, null given
threw TypeError: SseParser::feed(): Argument #1 ($chunk) must be of type string, null given

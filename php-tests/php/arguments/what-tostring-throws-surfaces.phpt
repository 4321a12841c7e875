--TEST--
What a __toString() throws surfaces, and nothing is sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Broken { function __toString(): string { throw new LogicException('broken'); } }
$sse = started();
observe(fn () => $sse->send('x', new Broken()));
observe(fn () => $sse->send('x', null, new Broken()));
observe(fn () => $sse->comment(new Broken()));
observe(fn () => $sse->close('x', new Broken()));
observe(fn () => Sse::encode('x', comment: new Broken()));
observe(fn () => new SseEvent('x', new Broken()));
observe(fn () => (new SseParser())->feed(new Broken()));
observe(fn () => $sse->send('still open'));
$sse->close();
observe(fn () => Sse::stream(['x'], event: new Broken()));
observe(fn () => Sse::start(allowOrigin: new Broken()));
?>
--EXPECT--
threw LogicException: broken
threw LogicException: broken
threw LogicException: broken
threw LogicException: broken
threw LogicException: broken
threw LogicException: broken
threw LogicException: broken
wrote "data: still open\n\n", returned true
threw LogicException: broken
threw LogicException: broken

--TEST--
Callbacks run whatever stops the stream
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started(maxLifetime: 0.2);
$sse->onClose(fn ($reason) => print("[$reason->name]"));
usleep(250_000);
observe(fn () => $sse->send('too late'));
observe(fn () => Sse::stream(function (Sse $sse) { $sse->onClose(fn ($reason) => print("[$reason->name]")); return 'x'; }, 10, maxLifetime: 0.2));
observe(fn () => Sse::stream(function (Sse $sse) { $sse->onClose(fn ($reason) => print("[$reason->name]")); yield 'x'; }));
observe(fn () => Sse::stream(function (Sse $sse) { $sse->onClose(fn ($reason) => print("[$reason->name]")); throw new LogicException('thrown'); }));
?>
--EXPECT--
wrote "[MaxLifetime]", returned false
wrote ":\ndata: x\n\n[MaxLifetime]", returned false
wrote ":\ndata: x\n\n[Closed]", returned true
wrote ":\n[Closed]", threw LogicException: thrown

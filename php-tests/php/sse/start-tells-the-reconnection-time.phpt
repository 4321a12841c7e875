--TEST--
start() tells the client the reconnection time it is given
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::start(retry: 1500));
Sse::current()->close();
observe(fn () => Sse::start(retry: 0));
Sse::current()->close();
ini_set('sse.retry', '2000');
observe(fn () => Sse::start());
Sse::current()->close();
observe(fn () => Sse::start(retry: 1500));
Sse::current()->close();
observe(fn () => Sse::start(retry: 0));
Sse::current()->close();
observe(fn () => Sse::stream([], retry: 3000));
?>
--EXPECT--
wrote ":\nretry: 1500\n", returned Sse
wrote ":\n", returned Sse
wrote ":\nretry: 2000\n", returned Sse
wrote ":\nretry: 1500\n", returned Sse
wrote ":\n", returned Sse
wrote ":\nretry: 3000\n", returned true

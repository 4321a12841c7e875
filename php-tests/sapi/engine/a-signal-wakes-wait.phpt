--TEST--
A signal that has a handler wakes wait(), which answers that the stream is open
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

pcntl_async_signals(true);
pcntl_signal(SIGALRM, fn () => print('[handled]'));
$sse = started();
pcntl_alarm(1);
$start = hrtime(true);
observe(fn () => $sse->wait(30));
var_dump(hrtime(true) - $start < 20e9);
pcntl_signal(SIGALRM, fn () => throw new LogicException('thrown in the handler'));
pcntl_alarm(1);
observe(fn () => $sse->wait(30));
pcntl_signal(SIGALRM, fn () => $sse->close());
pcntl_alarm(1);
observe(fn () => $sse->wait(30));
observe(fn () => $sse->isOpen());
?>
--EXPECT--
wrote "[handled]", returned true
bool(true)
threw LogicException: thrown in the handler
returned true
returned false

--TEST--
A signal that PHP need not handle at once does not shorten a wait
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

pcntl_signal(SIGALRM, fn () => print('[handled]'));
pcntl_alarm(1);
$sse = started();
$start = hrtime(true);
observe(fn () => $sse->wait(1.2));
var_dump(hrtime(true) - $start >= 1.2e9);
observe(fn () => pcntl_signal_dispatch());
?>
--EXPECT--
returned true
bool(true)
wrote "[handled]", returned true

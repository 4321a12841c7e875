--TEST--
wait() takes the time it is given, and answers that the stream is open
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach ([0, 0.0, -0.0, 1e-9, 0.02, 0.1] as $seconds) {
    $start = hrtime(true);
    observe(fn () => $sse->wait($seconds));
    $taken = (hrtime(true) - $start) / 1e9;
    echo $taken >= $seconds && $taken < $seconds + 5 ? 'as long as asked' : $taken, "\n";
}
?>
--EXPECT--
returned true
as long as asked
returned true
as long as asked
returned true
as long as asked
returned true
as long as asked
returned true
as long as asked
returned true
as long as asked

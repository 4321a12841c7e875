--TEST--
Streams given to one wait() are not watched by the next
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

[$near, $far] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$sse = started(maxLifetime: 5);
fwrite($far, 'x');
observe(fn () => $sse->wait(60, [$near]));
$start = hrtime(true);
observe(fn () => $sse->wait(0.05));
var_dump(hrtime(true) - $start >= 50e6);
try {
    $sse->wait(0, [$near, 'x']);
} catch (TypeError) {
}
fclose($near);
fclose($far);
observe(fn () => $sse->wait(0.01));
?>
--EXPECT--
returned true
returned true
bool(true)
returned true

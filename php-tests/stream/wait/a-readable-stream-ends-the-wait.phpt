--TEST--
wait() returns early, with true, as soon as one of the given PHP streams is readable
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

[$near, $far] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$sse = started();
function timed(callable $wait): void
{
    $start = hrtime(true);
    observe($wait);
    echo (hrtime(true) - $start) / 1e9 < 20 ? 'in time' : 'too late', "\n";
}
fwrite($far, 'x');
timed(fn () => $sse->wait(60, [$near]));
timed(fn () => $sse->wait(60, [$far, $near]));
echo fread($near, 1), "\n";
observe(fn () => $sse->wait(0.01, [$near, $far]));
observe(fn () => $sse->wait(0, [$near]));
fwrite($far, "line\nanother\n");
echo fgets($near);
timed(fn () => $sse->wait(60, [$near])); // PHP has read ahead: the second line is in its buffer
echo fgets($near);
$process = popen('echo from a process', 'r');
timed(fn () => $sse->wait(60, [$process]));
echo fgets($process);
pclose($process);
fclose($far);
timed(fn () => $sse->wait(60, [$near])); // an end of file can be read
?>
--EXPECT--
returned true
in time
returned true
in time
x
returned true
returned true
line
returned true
in time
another
returned true
in time
from a process
returned true
in time

--TEST--
wait() refuses what is no PHP stream that can be waited for
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$closed = fopen('php://memory', 'r');
fclose($closed);
observe(fn () => $sse->wait(0, []));
observe(fn () => $sse->wait(0, null));
observe(fn () => $sse->wait(0, 'x'));
observe(fn () => $sse->wait(0, ['x']));
observe(fn () => $sse->wait(0, [null]));
observe(fn () => $sse->wait(0, [$closed]));
set_error_handler(function (int $severity, string $message) { echo "[$message]"; });
observe(fn () => $sse->wait(0, [fopen('php://memory', 'r')]));
observe(fn () => $sse->wait(0, [stream_context_create()]));
observe(fn () => $sse->wait(-1, [STDIN]));
observe(fn () => $sse->send('still open'));
$sse->close();
[$near] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
observe(fn () => $sse->wait(60, [$near]));
?>
--EXPECT--
returned true
returned true
threw TypeError: Sse::wait(): Argument #2 ($read) must be of type ?array, string given
threw TypeError: Sse::wait(): Argument #2 ($read) must be an array of streams, string given
threw TypeError: Sse::wait(): Argument #2 ($read) must be an array of streams, null given
threw TypeError: Sse::wait(): supplied resource is not a valid stream resource
wrote "[Sse::wait(): Cannot represent a stream of type MEMORY as a select()able descriptor]", threw ValueError: Sse::wait(): Argument #2 ($read) must be streams that can be waited for
threw TypeError: Sse::wait(): supplied resource is not a valid stream resource
threw ValueError: Sse::wait(): Argument #1 ($seconds) must be a finite number of seconds greater than or equal to 0
wrote "data: still open\n\n", returned true
returned false

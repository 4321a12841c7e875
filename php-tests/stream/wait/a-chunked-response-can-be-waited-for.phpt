--TEST--
wait() sees what comes through filters: a chunked response, and what is still in PHP's buffer
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

/** Whether a wait ended before its time. */
function ended_early(Sse $sse, float $seconds, $stream): bool
{
    $before = hrtime(true);
    $sse->wait($seconds, [$stream]);

    return (hrtime(true) - $before) / 1e9 < $seconds * 0.9;
}

function chunk(string $data): string
{
    return dechex(strlen($data)) . "\r\n$data\r\n";
}

$server = stream_socket_server('tcp://127.0.0.1:0');
$client = stream_socket_client('tcp://' . stream_socket_get_name($server, false));
$upstream = stream_socket_accept($server);
stream_filter_append($client, 'dechunk', STREAM_FILTER_READ);
stream_set_blocking($client, false); // else PHP reads through a filter until its buffer is full
$sse = started();

echo "nothing has come: "; var_dump(ended_early($sse, 0.05, $client));
fwrite($upstream, chunk("first\n") . chunk("second\n"));
echo "a chunk has come: "; var_dump(ended_early($sse, 60, $client));
echo fgets($client);
echo "the next is in the buffer: "; var_dump(ended_early($sse, 60, $client));
echo fgets($client);
echo "all is read: "; var_dump(ended_early($sse, 0.05, $client));

fwrite($upstream, "6\r\n");
echo "only the length of a chunk has come: "; var_dump(ended_early($sse, 60, $client));
var_dump(fgets($client));
echo "it is read: "; var_dump(ended_early($sse, 0.05, $client));
fwrite($upstream, "third\n\r\n");
echo "its data has come: "; var_dump(ended_early($sse, 60, $client));
echo fgets($client);
fclose($upstream);
echo "the end has come: "; var_dump(ended_early($sse, 60, $client));

[$near, $far] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
stream_filter_append($near, 'string.toupper', STREAM_FILTER_READ);
stream_set_blocking($near, false);
stream_filter_append($near, 'string.rot13', STREAM_FILTER_WRITE);
fwrite($far, "one\ntwo\n");
echo "through other filters: "; var_dump(ended_early($sse, 60, $near));
echo fgets($near);
echo "and in the buffer: "; var_dump(ended_early($sse, 60, $near));
echo fgets($near);
echo "and no more: "; var_dump(ended_early($sse, 0.05, $near));

$memory = fopen('php://memory', 'r');
stream_filter_append($memory, 'string.toupper', STREAM_FILTER_READ);
set_error_handler(function (int $severity, string $message) { echo "[$message]"; });
observe(fn () => $sse->wait(0, [$memory]));
?>
--EXPECTF--
nothing has come: bool(false)
a chunk has come: bool(true)
first
the next is in the buffer: bool(true)
second
all is read: bool(false)
only the length of a chunk has come: bool(true)
bool(false)
it is read: bool(false)
its data has come: bool(true)
third
the end has come: bool(true)
through other filters: bool(true)
ONE
and in the buffer: bool(true)
TWO
and no more: bool(false)
wrote "[Sse::wait(): Cannot %s]", threw ValueError: Sse::wait(): Argument #2 ($read) must be streams that can be waited for

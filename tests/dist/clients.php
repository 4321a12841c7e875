<?php
/**
 * Opens so many streams at a socket of nginx's, says when all are open, and reads until each has its "end":
 * every number once, in order, on the one connection.
 *   php clients.php SOCKET NUMBER
 */

const HEAD = "GET /subscribe.php HTTP/1.0\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";

/** What one client has been sent. */
final class Client
{
    public string $bytes = '';
    public bool $hasEnded = false;

    /** @param resource $stream */
    public function __construct(public readonly mixed $stream) {}

    /** @return list<string> */
    public function data(): array
    {
        preg_match_all('/^data: (\d+|end)$/m', $this->bytes, $matches);
        return $matches[1];
    }

    public function isOpen(): bool
    {
        return str_contains($this->bytes, 'event: sse:position');
    }
}

function fail(string $why): never
{
    fwrite(STDERR, "clients: $why\n");
    exit(1);
}

/** Reads whatever has come, until a condition holds for all. */
function readUntil(array $clients, callable $holds): void
{
    $deadline = microtime(true) + 120;
    while (array_filter($clients, fn (Client $client) => !$holds($client))) {
        microtime(true) < $deadline || fail('not within two minutes');
        $streams = array_map(fn (Client $client) => $client->stream, $clients);
        $none = null;
        stream_select($streams, $none, $none, 1);
        foreach (array_keys($streams) as $key) {
            $bytes = fread($clients[$key]->stream, 65536);
            $clients[$key]->bytes .= $bytes;
            if ($bytes === '' && feof($clients[$key]->stream)) {
                fail("stream $key was dropped after:\n" . substr($clients[$key]->bytes, -500));
            }
        }
    }
}

[, $socket, $number] = $argv;
$clients = [];
for ($n = 0; $n < $number; $n++) {
    $stream = stream_socket_client("unix://$socket", $code, $message, 30) ?: fail($message);
    fwrite($stream, HEAD);
    stream_set_blocking($stream, false);
    $clients[] = new Client($stream);
}
readUntil($clients, fn (Client $client) => $client->isOpen());
echo "open\n";
readUntil($clients, fn (Client $client) => str_ends_with($client->bytes, "data: end\n\n"));
$first = $clients[0]->data();
$last = count($first) - 1;
$first === [...array_map('strval', range(1, $last)), 'end'] || fail('not all numbers: ' . implode(' ', $first));
foreach ($clients as $key => $client) {
    $client->data() === $first || fail("stream $key has other numbers");
}
echo "$number streams, none dropped, $last events each, once and in order\n";

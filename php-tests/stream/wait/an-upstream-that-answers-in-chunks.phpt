--TEST--
wait() waits for an HTTP upstream that answers in chunks, as language models do
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

// Answers one request, and then sends what it is told, a line each.
$code = <<<'PHP'
    $server = stream_socket_server('tcp://127.0.0.1:0');
    echo stream_socket_get_name($server, false), "\n";
    $client = stream_socket_accept($server);
    while (rtrim(fgets($client)) !== '') {}
    fwrite($client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    while (($order = fgets(STDIN)) !== false) {
        fwrite($client, stripcslashes(rtrim($order)));
        echo "sent\n";
    }
    PHP;
$process = proc_open([PHP_BINARY, '-n', '-r', $code], [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes);
$address = rtrim(fgets($pipes[1]));
$upstream = fopen("http://$address/", 'r', false, stream_context_create(['http' => ['protocol_version' => 1.1]]));
$say = function (string $bytes) use ($pipes) {
    fwrite($pipes[0], addcslashes($bytes, "\r\n") . "\n");
    fgets($pipes[1]);
};
$sse = started();
$reads = function (float $seconds) use ($sse, $upstream) {
    $before = hrtime(true);
    $sse->wait($seconds, [$upstream]);
    echo (hrtime(true) - $before) / 1e9 < $seconds * 0.9 ? 'early: ' : 'in full: ';
    show((string) stream_get_contents($upstream));
};
stream_set_blocking($upstream, false);
$reads(0.05);
$say("6\r\nHello \r\n");
$reads(60);
$say("5\r\nwo");
$reads(60);
$reads(0.05);
$say("rld\r\n7\r\n");
$reads(60);
$say("and all\r\n0\r\n\r\n");
$reads(60);
fclose($pipes[0]);
$reads(60);
var_dump(feof($upstream));
?>
--EXPECT--
in full: ""
early: "Hello "
early: "wo"
in full: ""
early: "rld"
early: "and all"
early: ""
bool(true)

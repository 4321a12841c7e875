--TEST--
doctor() has the lines for the servers that the request came through first
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$ask = '<?php foreach (Sse::doctor()["configuration"] as $name => $lines) echo "$name ", strlen($lines) > 0, "\n";';
echo request($ask, ['HTTP_X_VARNISH' => '1', 'HTTP_CF_RAY' => '1'])->body, "\n";
$lines = fn (string $heartbeat) => request('<?php echo Sse::doctor()["configuration"]["lighttpd"], "\n", Sse::doctor()["configuration"]["HAProxy"];', [], ['sse.heartbeat' => $heartbeat])->body;
echo $lines('15'), "\n", strstr($lines('100'), '    timeout'), "\n";
?>
--EXPECT--
Varnish 1
Cloudflare 1
nginx 1
Apache 1
Caddy 1
lighttpd 1
HAProxy 1
IIS 1

server.stream-response-body = 1
defaults
    mode http
    option http-no-delay     # else the kernel holds events back, 0.2 s
    option abortonclose      # a client that leaves is told of
    timeout client 60s
    timeout server 60s
    timeout client 200s
    timeout server 200s

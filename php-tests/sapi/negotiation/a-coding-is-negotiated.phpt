--TEST--
A stream is compressed if its script and its client want it, and caches are told
--FILE--
<?php
require __DIR__ . '/../../support/coding.inc';

$script = fn (string $options) => "<?php \$sse = Sse::start($options); \$sse->send('x'); echo 'data: echoed', PHP_EOL, PHP_EOL; \$sse->send(strstr(Sse::doctor()['compression'], ':'));";
foreach ([
    ['', 'gzip, br, zstd'],
    ['compress: false', 'gzip'],
    ['compress: true', 'gzip'],
    ['compress: true', 'deflate;q=0.5, gzip;q=0.4'],
    ['compress: "deflate, gzip"', 'gzip, deflate'],
    ['compress: ["gzip", "br"]', 'br, gzip'],
    ['compress: "br"', 'gzip'],
    ['compress: true', 'identity'],
    ['compress: true', 'gzip;q=0'],
    ['compress: true', null],
] as [$options, $accepted]) {
    echo "start($options), ", $accepted ?? '(nothing)', ': ';
    coded($script($options), $accepted);
}
echo 'HTTP/1.0: ';
coded($script('compress: true'), 'gzip', ['SERVER_PROTOCOL' => 'HTTP/1.0']);
echo 'Varnish, for whatever client: ';
coded($script('compress: true'), 'gzip', ['HTTP_X_VARNISH' => '3']);
echo 'Varnish, by a pipe: ';
coded($script('compress: ["gzip"]'), 'gzip, br', ['HTTP_X_VARNISH' => '3']);
echo 'HEAD: ';
coded($script('compress: true'), 'gzip', ['REQUEST_METHOD' => 'HEAD']);
echo 'the setting: ';
coded($script(''), 'gzip', [], ['sse.compression' => 'on']);
echo 'the option before the setting: ';
coded($script('compress: false'), 'gzip', [], ['sse.compression' => 'on']);
echo 'stream(): ';
coded('<?php Sse::stream(["x"], compress: "gzip");', 'gzip');
echo "other members of Vary:\n";
request('<?php header("Vary: Accept"); Sse::start(allowOrigin: "https://a.example", compress: true)->send("x");', ['HTTP_ACCEPT_ENCODING' => 'gzip'])->showHeaders('Vary', 'Cache-Control');
?>
--EXPECT--
start(), gzip, br, zstd: no such header, ":\ndata: x\n\ndata: echoed\n\ndata: : it is off (sse.compression, and the option compress)\n\n"
start(compress: false), gzip: no such header, ":\ndata: x\n\ndata: echoed\n\ndata: : it is off (sse.compression, and the option compress)\n\n"
start(compress: true), gzip: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: echoed\n\ndata: : each write is compressed and sent\n\n"
start(compress: true), deflate;q=0.5, gzip;q=0.4: Vary: Accept-Encoding | Content-Encoding: deflate, ":\ndata: x\n\ndata: echoed\n\ndata: : each write is compressed and sent\n\n"
start(compress: "deflate, gzip"), gzip, deflate: Vary: Accept-Encoding | Content-Encoding: deflate, ":\ndata: x\n\ndata: echoed\n\ndata: : each write is compressed and sent\n\n"
start(compress: ["gzip", "br"]), br, gzip: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: echoed\n\ndata: : each write is compressed and sent\n\n"
start(compress: "br"), gzip: Vary: Accept-Encoding, ":\ndata: x\n\ndata: echoed\n\ndata: : the request's Accept-Encoding has none of what is offered\n\n"
start(compress: true), identity: Vary: Accept-Encoding, ":\ndata: x\n\ndata: echoed\n\ndata: : the request's Accept-Encoding has none of what is offered\n\n"
start(compress: true), gzip;q=0: Vary: Accept-Encoding, ":\ndata: x\n\ndata: echoed\n\ndata: : the request's Accept-Encoding has none of what is offered\n\n"
start(compress: true), (nothing): Vary: Accept-Encoding, ":\ndata: x\n\ndata: echoed\n\ndata: : the request has no Accept-Encoding\n\n"
HTTP/1.0: Vary: Accept-Encoding, ":\ndata: x\n\ndata: echoed\n\ndata: : the request came by HTTP/1.0\n\n"
Varnish, for whatever client: Vary: Accept-Encoding, ":\ndata: x\n\ndata: echoed\n\ndata: : Varnish asks for gzip, whatever its client takes; have vcl_recv return (pipe) for streams\n\n"
Varnish, by a pipe: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: echoed\n\ndata: : each write is compressed and sent\n\n"
HEAD: Vary: Accept-Encoding, ""
the setting: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: echoed\n\ndata: : each write is compressed and sent\n\n"
the option before the setting: no such header, ":\ndata: x\n\ndata: echoed\n\ndata: : it is off (sse.compression, and the option compress)\n\n"
stream(): Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
other members of Vary:
Cache-Control: no-store, no-transform | Vary: Accept, Origin, Accept-Encoding

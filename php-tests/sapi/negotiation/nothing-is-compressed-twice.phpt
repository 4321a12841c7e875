--TEST--
PHP's own compression and ours never meet
--FILE--
<?php
require __DIR__ . '/../../support/coding.inc';

$head = 'foreach (Sse::headers(compress: true) as $name => $value) header("$name: $value"); ';
foreach ([
    'start() in ob_gzhandler' => 'ob_start("ob_gzhandler"); echo ": early\n"; Sse::start(compress: true)->send("x");',
    'start() without a coding in ob_gzhandler' => 'ob_start("ob_gzhandler"); echo ": early\n"; Sse::start()->send("x");',
    'start()' => 'Sse::start(compress: true)->send("x");',
    'headers()' => $head . 'echo "data: x\n\n";',
    'headers() and ob_gzhandler' => $head . 'ob_start("ob_gzhandler"); echo "data: x\n\n";',
    'ob_gzhandler and headers()' => 'ob_start("ob_gzhandler"); ' . $head . 'echo "data: x\n\n";',
    'headers(), ob_gzhandler and start()' => $head . 'ob_start("ob_gzhandler"); Sse::start()->send("x");',
] as $what => $script) {
    foreach (str_contains($script, 'ob_gzhandler') ? [''] : ['', '1'] as $setting) {
        echo $what, $setting ? ', zlib.output_compression' : '', ': ';
        coded("<?php $script", 'gzip', [], ['zlib.output_compression' => $setting]);
    }
}
?>
--EXPECT--
start() in ob_gzhandler: Vary: Accept-Encoding | Content-Encoding: gzip, ": early\n:\ndata: x\n\n"
start() without a coding in ob_gzhandler: no such header, ": early\n:\ndata: x\n\n"
start(): Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
start(), zlib.output_compression: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
headers(): Vary: Accept-Encoding | Content-Encoding: gzip, "data: x\n\n"
headers(), zlib.output_compression: Vary: Accept-Encoding | Content-Encoding: gzip, "data: x\n\n"
headers() and ob_gzhandler: Vary: Accept-Encoding | Content-Encoding: gzip | Vary: Accept-Encoding, "data: x\n\n"
ob_gzhandler and headers(): Vary: Accept-Encoding | Content-Encoding: gzip | Vary: Accept-Encoding, "data: x\n\n"
headers(), ob_gzhandler and start(): Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
